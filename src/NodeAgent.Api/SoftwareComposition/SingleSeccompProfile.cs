// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.SoftwareComposition;

/// <summary>The seccomp part of a profile. Source: security-profiles-operator SeccompProfile, as Kubescape embeds it.</summary>
public sealed record SingleSeccompProfile
{
    public string? Name { get; init; }

    public string? Path { get; init; }

    public SingleSeccompProfileSpec? Spec { get; init; }
}

public sealed record SingleSeccompProfileSpec
{
    public string? DefaultAction { get; init; }

    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<SeccompSyscall>? Syscalls { get; init; }

    public string? BaseProfileName { get; init; }

    public string? ListenerPath { get; init; }

    public string? ListenerMetadata { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    public bool? Disabled { get; init; }
}

public sealed record SeccompSyscall
{
    public IReadOnlyList<string>? Names { get; init; }

    public string? Action { get; init; }

    public ulong? ErrnoRet { get; init; }

    public IReadOnlyList<SeccompArgument>? Args { get; init; }
}

public sealed record SeccompArgument
{
    public ulong? Index { get; init; }

    public ulong? Value { get; init; }

    public ulong? ValueTwo { get; init; }

    public string? Op { get; init; }
}
