"""What the reason codes of a function's State and LastUpdateStatus mean, and what to do about each.

https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html#lambda-Type-FunctionConfiguration-StateReasonCode
"""

from __future__ import annotations

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    "CapacityProviderScalingLimitExceeded": "The capacity provider may not grow further: raise its limit of vCPUs.",
    "Creating": "AWS is creating it.",
    "DependencyError": "Something that the function depends on failed: try again later.",
    "DisabledKMSKey": "Its KMS key is disabled: enable it, or name another.",
    "DisallowedByVpcEncryptionControl": "The VPC's encryption control does not allow it.",
    "DrainingDurableExecutions": "Durable executions of it are still running: it goes on once they have ended.",
    "EC2RequestLimitExceeded": "EC2 throttled the calls that Lambda makes for the VPC: try again later.",
    "EFSIOError": "The file system could not be read or written.",
    "EFSMountConnectivityError": "The file system cannot be reached: the security groups must allow port 2049.",
    "EFSMountFailure": "The file system refused the mount: the access point and the role's permissions decide that.",
    "EFSMountTimeout": "The file system did not answer in time.",
    "EniLimitExceeded": "The VPC has as many network interfaces as it may: raise the quota, or use other subnets.",
    "FunctionError": "The function's code failed while it was started.",
    "FunctionError.ExtensionInitError": "An extension failed while it was started: look at the layers.",
    "FunctionError.InitResourceExhausted": "The function's start ran out of memory or space.",
    "FunctionError.InitTimeout": "The function's start took too long.",
    "FunctionError.InvalidEntryPoint": "The image's entry point cannot be run.",
    "FunctionError.InvalidWorkingDirectory": "The image's working directory is not there.",
    "FunctionError.PermissionDenied": "A file that the function's start needs may not be read or run.",
    "FunctionError.RuntimeInitError": "The runtime failed while it was started: the function's log tells why.",
    "FunctionError.TooManyExtensions": "There are more extensions than Lambda takes.",
    "Idle": "Nobody called it for a while; the next call wakes it.",
    "ImageAccessDenied": "Lambda may not read the image: the repository's policy must let lambda.amazonaws.com.",
    "ImageDeleted": "The image is not in the repository any more.",
    "IncompatibleAcceleratorInstanceTypes": "The capacity provider's instances lack the accelerator that is asked for.",
    "InsufficientCapacity": "AWS has no capacity of that kind now: try again later, or allow other instance types.",
    "InsufficientRolePermissions": "The role lacks a permission that this needs, such as those for network interfaces.",
    "InternalError": "AWS's own failure: try again.",
    "InvalidConfiguration": "The settings do not go together.",
    "InvalidImage": "The image is none that Lambda can run: its manifest or its architecture.",
    "InvalidRuntime": "Lambda does not have this runtime.",
    "InvalidSecurityGroup": "A security group is not there, or is of another VPC.",
    "InvalidStateKMSKey": "Its KMS key cannot be used in its state.",
    "InvalidSubnet": "A subnet is not there any more.",
    "InvalidZipFileException": "The package cannot be unzipped.",
    "KMSKeyAccessDenied": "The role may not use the KMS key: the key's policy or the role's must allow it.",
    "KMSKeyNotFound": "The KMS key is not there.",
    "Restoring": "AWS is waking it.",
    "ServiceQuotaExceededException": "A quota of the account is used up.",
    "SubnetOutOfIPAddresses": "A subnet has no free IP address left: use larger or other subnets.",
    "VcpuLimitExceeded": "The account's quota of vCPUs is used up.",
}


def meaning(code: str) -> str:
    """A sentence for a StateReasonCode or LastUpdateStatusReasonCode; empty for one that is not known."""
    return MEANINGS.get(code, "")
