"""SpEL told in the expressions of our pipelines. Pure.

What has no counterpart is Untranslatable, with its place; nothing is passed over. A reading of another stage is
resolved here, so that it names one of our stages and one of its documented outputs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from lambdatui.pipeline.spinnaker import spel
from lambdatui.pipeline.spinnaker import spel_tree as tree
from lambdatui.pipeline.spinnaker.counterparts import FUNCTIONS, METHODS, Kind, quoted, without_regex, written
from lambdatui.pipeline.spinnaker.graph_names import OUTPUTS, STATUSES, Known, Scope

_PLAIN_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


class Untranslatable(ValueError):
    """An expression that our pipelines cannot say. `at` counts characters of the expression from 0."""

    def __init__(self, words: str, at: int) -> None:
        super().__init__(words)
        self.words = words
        self.at = at


@dataclass(frozen=True, slots=True)
class _Said:
    """An expression of ours, and what kind of value it gives as far as that is known."""

    text: str
    kind: Kind = "any"


@dataclass(frozen=True, slots=True)
class _Stage:
    stage: Known


@dataclass(frozen=True, slots=True)
class _Context:
    stage: Known


@dataclass(frozen=True, slots=True)
class _Status:
    stage: Known


@dataclass(frozen=True, slots=True)
class _Stages:
    """Some stages of the pipeline; with `status`, those among them that have it when the expression is read."""

    stages: tuple[Known, ...]
    status: str = ""


@dataclass(frozen=True, slots=True)
class _Root:
    """A name that only its members have a meaning of: execution, parameters, trigger."""

    name: str


_Part: TypeAlias = _Said | _Stage | _Context | _Status | _Stages | _Root


def text(source: str, scope: Scope) -> str:
    """A value of Spinnaker's JSON as our pipelines say it: text with `${…}` becomes text with `${{ … }}`.

    Raises NotSpel or Untranslatable.
    """
    parts = []
    for part in spel.template(source):
        if isinstance(part, str):
            parts.append(part.replace("${{", "${{ '${{' }}"))
        else:
            try:
                parts.append(_braced(expression(part.tree, scope)))
            except Untranslatable as error:
                raise Untranslatable(error.words, part.at + 2 + error.at) from None
    return "".join(parts)


def condition(source: str, scope: Scope) -> str:
    """A condition, with or without `${…}` around it, as one of our expressions without braces."""
    found = spel.template(source.strip())
    if len(found) == 1 and isinstance(found[0], spel.Embedded):
        return expression(found[0].tree, scope)
    if any(isinstance(part, spel.Embedded) for part in found):
        raise Untranslatable("a condition is one expression; here text stands beside it.", 0)
    return expression(spel.parse(source), scope)


def expression(node: tree.Node, scope: Scope) -> str:
    """One expression as ours, without its braces. Raises Untranslatable."""
    return _Translator(scope).said(node, 0).text


class _Translator:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def said(self, node: tree.Node, at: int) -> _Said:
        """The expression of a node that must be a value by itself."""
        part = self._part(node)
        match part:
            case _Said():
                return part
            case _Status(stage):
                return _Said(f"stages.{self._id(stage, at)}.status", "text")
            case _Stages(status=""):
                raise Untranslatable("a list of stages is no value by itself; take one of them, or its size.", at)
            case _Stage() | _Context() | _Stages():
                raise Untranslatable("a stage is no value by itself; take its status or one of its outputs.", at)
            case _Root(name):
                raise Untranslatable(f"'{name}' is no value by itself.", at)

    def _part(self, node: tree.Node) -> _Part:
        match node:
            case tree.Value(value):
                return _literal(value)
            case tree.ListOf(items):
                return _Said("[" + ", ".join(self.said(item, 0).text for item in items) + "]")
            case tree.MapOf(items):
                pairs = (f"{quoted(key)}: {self.said(value, 0).text}" for key, value in items)
                return _Said("{" + ", ".join(pairs) + "}")
            case tree.Name(name, at):
                return self._name(name, at)
            case tree.Helper(name, arguments, at):
                return self._helper(name, arguments, at)
            case tree.Member(of, name, safe, at):
                return self._member(self._part(of), name, safe, at)
            case tree.Index(of, key, at):
                return self._index(self._part(of), key, at)
            case tree.Call(of, name, arguments, _, at):
                return self._call(self._part(of), name, arguments, at)
            case tree.Selection(of, which, chosen, at):
                return self._selection(self._part(of), which, chosen, at)
            case tree.Projection(of, what, at):
                return self._projection(self._part(of), what, at)
            case tree.Unary(operator, operand):
                said = self.said(operand, 0)
                return _Said(f"(not {said.text})" if operator == "not" else f"({operator}{said.text})", "number")
            case tree.Binary():
                return self._binary(node)
            case tree.Ternary(asked, then, otherwise):
                first, second = self.said(then, 0), self.said(otherwise, 0)
                kind = first.kind if first.kind == second.kind else "any"
                return _Said(f"({first.text} if {self.said(asked, 0).text} else {second.text})", kind)
            case tree.Elvis(value, otherwise):
                given, instead = self.said(value, 0).text, self.said(otherwise, 0).text
                return _Said(f"({given} if {given} not in (none, '') else {instead})")

    # names

    def _name(self, name: str, at: int) -> _Part:
        if name in ("parameters", "trigger", "execution"):
            return _Root(name)
        if name in self._scope.variables:
            return _Said(self._scope.variables[name])
        raise Untranslatable(f"'{name}' is none of parameters, trigger, execution and the variables set before.", at)

    def _helper(self, name: str, arguments: Sequence[tree.Node] | None, at: int) -> _Part:
        given = list(arguments or ())
        if name in ("root", "this") or arguments is None:
            raise Untranslatable(f"#{name} has no counterpart.", at)
        if name == "currentStage" and self._scope.current is not None:
            return _Stage(self._scope.current)
        if name in ("stage", "stageByRefId", "stageExists", "judgment", "judgement"):
            return self._about_stage(name, given, at)
        if name in FUNCTIONS:
            if len(given) != 1:
                raise Untranslatable(f"#{name} takes one value.", at)
            pattern, kind = FUNCTIONS[name]
            return _Said(pattern.format(self.said(given[0], at).text), kind)
        raise Untranslatable(f"#{name} has no counterpart.", at)

    def _about_stage(self, name: str, given: Sequence[tree.Node], at: int) -> _Part:
        word = given[0].value if len(given) == 1 and isinstance(given[0], tree.Value) else None
        if not isinstance(word, str | int):
            raise Untranslatable(f"#{name} takes the name of a stage, written out.", at)
        found = self._scope.by_ref_id(str(word)) if name == "stageByRefId" else self._scope.by_name(str(word))
        if name == "stageExists":
            return _Said("true" if found else "false")
        if not found:
            raise Untranslatable(f"there is no stage '{word}'.", at)
        if len(found) > 1:
            self._scope.doubts.append(
                f"{len(found)} stages are named '{word}'; the first is meant here, Spinnaker's choice is not defined"
            )
        if name in ("judgment", "judgement"):
            return self._of_context(found[0], "judgmentInput", at)
        return _Stage(found[0])

    # what a thing has

    def _index(self, of: _Part, key: tree.Node, at: int) -> _Part:
        if isinstance(of, _Stages):
            if isinstance(key, tree.Value) and isinstance(key.value, int) and not of.status:
                try:
                    return _Stage(of.stages[key.value])
                except IndexError:
                    raise Untranslatable("there is no such stage in that list.", at) from None
            raise Untranslatable("which stage this is would only be known while it runs.", at)
        if isinstance(key, tree.Value) and isinstance(key.value, str) and not isinstance(of, _Said):
            return self._member(of, key.value, False, at)
        base = f"parameters[{self.said(key, at).text}]" if of == _Root("parameters") else None
        return _Said(base or f"{self.said_part(of, at)}[{self.said(key, at).text}]")

    def said_part(self, part: _Part, at: int) -> str:
        if isinstance(part, _Said):
            return part.text
        raise Untranslatable("this is no value by itself.", at)

    def _member(self, of: _Part, name: str, safe: bool, at: int) -> _Part:
        match of:
            case _Root("parameters"):
                self._scope.asked.add(name)
                return _Said(f"parameters.{name}" if _PLAIN_NAME.match(name) else f"parameters[{quoted(name)}]")
            case _Root("trigger"):
                if name == "parameters":
                    return _Root("parameters")
                raise Untranslatable(f"trigger.{name}: there is no trigger; give it as a parameter.", at)
            case _Root():
                return self._of_execution(name, at)
            case _Stage(stage):
                return self._of_stage(stage, name, at)
            case _Context(stage):
                return self._of_context(stage, name, at)
            case _Said(said):
                access = f"{said}.{name}" if _PLAIN_NAME.match(name) else f"{said}[{quoted(name)}]"
                return _Said(f"({access} if {said} is not none else none)" if safe else access)
            case _Stages() if name in ("size", "length"):
                return self._size(of)
            case _Status() if name == "name":
                return of
            case _:
                raise Untranslatable(f"it has no '{name}' with us.", at)

    def _of_execution(self, name: str, at: int) -> _Part:
        match name:
            case "application":
                return _literal(self._scope.application)
            case "name":
                return _literal(self._scope.pipeline)
            case "id":
                return _Said("run.id", "text")
            case "stages":
                return _Stages(self._scope.visible)
            case "trigger":
                return _Root("trigger")
            case _:
                raise Untranslatable(f"execution.{name} has no counterpart.", at)

    def _of_stage(self, stage: Known, name: str, at: int) -> _Part:
        match name:
            case "context" | "outputs":
                return _Context(stage)
            case "status":
                return _Status(stage)
            case "name":
                return _literal(stage.name)
            case "refId":
                return _literal(stage.ref_id)
            case "type":
                return _literal(stage.spinnaker_type)
            case _:
                raise Untranslatable(f"a stage's '{name}' has no counterpart.", at)

    def _of_context(self, stage: Known, key: str, at: int) -> _Part:
        output = OUTPUTS.get(stage.kind, {}).get(key)
        if output is not None:
            bracketed = f"(stages.{self._id(stage, at)}.{output})"
            return _Said(bracketed if "|" in output else bracketed[1:-1])
        if key in stage.inputs:
            return self._input(stage, key, at)
        known = sorted({*OUTPUTS.get(stage.kind, {}), *stage.inputs})
        raise Untranslatable(
            f"'{key}' of the stage '{stage.name}' has no counterpart; it has {', '.join(known) or 'nothing'}.", at
        )

    def _input(self, stage: Known, key: str, at: int) -> _Part:
        """What a stage was given: it stands in the JSON, so it is said again here."""
        value = stage.inputs[key]
        if not isinstance(value, str):
            return _Said(written(value))
        if stage is self._scope.current and "${" in value:
            raise Untranslatable(f"'{key}' is read within the stage that sets it.", at)
        parts = []
        for part in spel.template(value.replace("{}", self._scope.application)):
            inner = _Translator(replace(self._scope, current=stage))
            parts.append(quoted(part) if isinstance(part, str) else inner.said(part.tree, at).text)
        if len(parts) < 2:
            return _Said(parts[0] if parts else "''", "text")
        return _Said(f"({' ~ '.join(parts)})", "text")

    def _id(self, stage: Known, at: int) -> str:
        if not stage.id:
            raise Untranslatable(f"the stage '{stage.name}' was not carried over.", at)
        return stage.id

    # operators

    def _binary(self, node: tree.Binary) -> _Part:
        compared = self._compared_status(node)
        if compared is not None:
            return compared
        left, right = self.said(node.left, node.at), self.said(node.right, node.at)
        numbers = left.kind == right.kind == "number"
        match node.operator:
            case "&&" | "||":
                return _Said(f"({left.text} {'and' if node.operator == '&&' else 'or'} {right.text})")
            case "+":
                # what is not known to be a number is text in Spinnaker: its parameters all are
                sign, kind = ("+", "number") if numbers else ("~", "text")
                return _Said(f"({left.text} {sign} {right.text})", kind)  # type: ignore[arg-type]
            case "matches":
                return _Said(f"({left.text} is matching({right.text}))")
            case "^":
                return _Said(f"({left.text} ** {right.text})", "number")
            case "/" if _whole(node.left) and _whole(node.right):
                return _Said(f"({left.text} // {right.text})", "number")
            case "-" | "*" | "/" | "%":
                return _Said(f"({left.text} {node.operator} {right.text})", "number")
            case _:
                return _Said(f"({left.text} {node.operator} {right.text})")

    def _compared_status(self, node: tree.Binary) -> _Said | None:
        if node.operator not in ("==", "!="):
            return None
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if not isinstance(other, tree.Value) or not isinstance(other.value, str):
                continue
            try:
                part = self._part(side)
            except Untranslatable:
                return None
            if isinstance(part, _Status):
                ours = self._status(other.value, node.at)
                return _Said(f"(stages.{self._id(part.stage, node.at)}.status {node.operator} {quoted(ours)})")
        return None

    def _status(self, word: str, at: int) -> str:
        if word.upper() not in STATUSES:
            raise Untranslatable(f"'{word}' is no status of Spinnaker's.", at)
        return STATUSES[word.upper()]

    # lists of stages

    def _selection(self, of: _Part, which: Literal["all", "first", "last"], chosen: tree.Node, at: int) -> _Part:
        if not isinstance(of, _Stages):
            raise Untranslatable("only the pipeline's stages can be selected from.", at)
        stages, status = of.stages, of.status
        for attribute, value in _equalities(chosen, at):
            if attribute == "status":
                status = self._status(value, at)
            else:
                stages = tuple(stage for stage in stages if _attribute(stage, attribute, at) == value)
        if which == "all":
            return _Stages(stages, status)
        if status:
            raise Untranslatable("which stage this is would only be known while it runs.", at)
        if not stages:
            raise Untranslatable("no stage is like that.", at)
        return _Stage(stages[0] if which == "first" else stages[-1])

    def _projection(self, of: _Part, what: tree.Node, at: int) -> _Part:
        if isinstance(of, _Stages) and not of.status and isinstance(what, tree.Name):
            if what.name == "status":
                ids = (f"stages.{self._id(stage, at)}.status" for stage in of.stages)
                return _Said("[" + ", ".join(ids) + "]")
            return _Said("[" + ", ".join(quoted(_attribute(stage, what.name, at)) for stage in of.stages) + "]")
        if isinstance(of, _Said) and isinstance(what, tree.Name):
            return _Said(f"({of.text} | map(attribute={quoted(what.name)}) | list)")
        raise Untranslatable("such a projection has no counterpart.", at)

    def _size(self, of: _Stages) -> _Said:
        if not of.status:
            return _Said(str(len(of.stages)), "number")
        states = ", ".join(f"stages.{self._id(stage, 0)}.status" for stage in of.stages)
        return _Said(f"([{states}] | select('equalto', {quoted(of.status)}) | list | length)", "number")

    # methods

    def _plain(self, node: tree.Node, method: str, at: int) -> str:
        plain = without_regex(node.value) if isinstance(node, tree.Value) and isinstance(node.value, str) else None
        if plain is None:
            raise Untranslatable(f"{method} by a regular expression has no counterpart.", at)
        return plain

    def _call(self, of: _Part, name: str, arguments: Sequence[tree.Node], at: int) -> _Part:
        if isinstance(of, _Stages) and name in ("size", "isEmpty") and not arguments:
            size = self._size(of)
            return size if name == "size" else _Said(f"({size.text} == 0)")
        if isinstance(of, _Status) and name in ("toString", "name") and not arguments:
            return of
        if name == "get" and len(arguments) == 1:
            return self._index(of, arguments[0], at)
        said = self.said_part(of, at)
        given = [self.said(argument, at).text for argument in arguments]
        if name in ("split", "replaceAll") and arguments:
            given[0] = quoted(self._plain(arguments[0], name, at))
        method = METHODS.get((name, len(given)))
        if method is None:
            raise Untranslatable(f"the method '{name}' with {len(given)} values has no counterpart.", at)
        told, kind = method
        return _Said(told(said, *given), kind)


def _literal(value: Any) -> _Said:
    kind: Kind = "text" if isinstance(value, str) else "any" if value is None or isinstance(value, bool) else "number"
    return _Said(written(value), kind)


def _braced(said: str) -> str:
    """An expression within text; one that is a plain word is the word."""
    word = re.fullmatch(r"'([\w ./:@-]*)'", said)
    return word[1] if word else f"${{{{ {said} }}}}"


def _whole(node: tree.Node) -> bool:
    return (isinstance(node, tree.Value) and isinstance(node.value, int)) or (
        isinstance(node, tree.Helper) and node.name == "toInt"
    )


def _equalities(node: tree.Node, at: int) -> list[tuple[str, str]]:
    """The `attribute == 'value'` of a condition, joined by `and`."""
    if isinstance(node, tree.Binary) and node.operator == "&&":
        return [*_equalities(node.left, at), *_equalities(node.right, at)]
    if isinstance(node, tree.Binary) and node.operator == "==":
        for side, other in ((node.left, node.right), (node.right, node.left)):
            name = _attribute_name(side)
            if name and isinstance(other, tree.Value):
                return [(name, str(other.value))]
    raise Untranslatable("stages are selected by name, refId, type and status only, each compared by ==.", at)


def _attribute_name(node: tree.Node) -> str:
    if isinstance(node, tree.Call) and node.name in ("toString", "name") and not node.arguments:
        node = node.of
    if isinstance(node, tree.Index) and isinstance(node.key, tree.Value):
        return str(node.key.value) if node.of == tree.Helper("this", None, getattr(node.of, "at", 0)) else ""
    if isinstance(node, tree.Member) and isinstance(node.of, tree.Helper) and node.of.name == "this":
        return node.name
    return node.name if isinstance(node, tree.Name) else ""


def _attribute(stage: Known, name: str, at: int) -> str:
    if name not in ("name", "refId", "type"):
        raise Untranslatable(f"stages are not selected by '{name}' with us.", at)
    return {"name": stage.name, "refId": stage.ref_id, "type": stage.spinnaker_type}[name]
