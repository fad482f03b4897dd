"""The fader between two versions."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from lambdatui.tui.widgets.weight_slider import WeightSlider


class SliderApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.moves: list[int] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        from lambdatui.tui import themes

        return dict(themes.default().variables)

    def compose(self) -> ComposeResult:
        yield WeightSlider()

    def on_mount(self) -> None:
        slider = self.query_one(WeightSlider)
        slider.stable, slider.canary = "41", "42"
        slider.focus()

    @property
    def slider(self) -> WeightSlider:
        return self.query_one(WeightSlider)

    def on_weight_slider_moved(self, event: WeightSlider.Moved) -> None:
        self.moves.append(event.percent)


@pytest.mark.parametrize(
    ("keys", "percent"),
    [
        (["right", "right", "left"], 1),
        (["shift+right"], 10),
        (["left"], 0),
        (["end", "right"], 100),
        (["home"], 0),
        (["1", "0"], 10),
        (["1", "0", "0"], 100),
        (["5", "0", "7"], 7),
        (["2", "5", "backspace"], 2),
        (["9", "right", "5"], 5),
    ],
)
async def test_keys_and_digits_set_the_share(keys: list[str], percent: int) -> None:
    app = SliderApp()
    async with app.run_test(size=(100, 10)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert app.slider.percent == percent
        if percent:
            assert app.moves[-1] == percent


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("percent", [0, 1, 10, 50, 99, 100])
async def test_both_sides_add_up_and_fit(width: int, percent: int) -> None:
    app = SliderApp()
    async with app.run_test(size=(width, 10)) as pilot:
        app.slider.percent = percent
        await pilot.pause()
        lines = app.slider.render().plain.splitlines()
        assert lines[0].rstrip().endswith(f"{100 - percent} %")
        assert lines[1].rstrip().endswith(f"{percent} %")
        assert all(len(line) <= width for line in lines)
        # a share above zero is never drawn as nothing
        assert (percent == 0) == (not set(lines[1]) & set("▏▎▍▌▋▊▉█"))


async def test_the_mouse_sets_the_share() -> None:
    app = SliderApp()
    async with app.run_test(size=(100, 10)) as pilot:
        await pilot.pause()
        end = app.slider._bar_at + app.slider._bar_cells - 1
        await pilot.click(WeightSlider, offset=(end, 1))
        assert app.slider.percent == 100
        await pilot.click(WeightSlider, offset=(end, 0))
        assert app.slider.percent == 0
        await pilot.click(WeightSlider, offset=(app.slider._bar_at + app.slider._bar_cells // 2, 1))
        assert 45 <= app.slider.percent <= 55
