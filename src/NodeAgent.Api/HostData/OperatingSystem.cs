// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

public sealed record OsReleaseFileSpec
{
    public string? Content { get; init; }

    /// <summary>Shape: <c>debian</c>.</summary>
    public string? Id { get; init; }

    /// <summary>Shape: the distributions that it is like, with blanks between them.</summary>
    public string? IdLike { get; init; }

    /// <summary>Shape: <c>12</c>; null = a distribution that rolls.</summary>
    public string? VersionId { get; init; }

    /// <summary>Shape: <c>Debian GNU/Linux 12 (bookworm)</c>.</summary>
    public string? PrettyName { get; init; }

    /// <summary>Which of several editions or images it is, as the distribution says.</summary>
    public string? VariantId { get; init; }

    /// <summary>Shape: path.</summary>
    public string? Source { get; init; }

    public string? NodeName { get; init; }
}

public sealed record KernelVersionSpec
{
    public string? Content { get; init; }

    /// <summary>Shape: <c>6.1.0-18-amd64</c>.</summary>
    public string? Release { get; init; }

    /// <summary>Shape: what uname -v tells, <c>#1 SMP PREEMPT_DYNAMIC …</c>.</summary>
    public string? Version { get; init; }

    /// <summary>Shape: what uname -m tells, <c>x86_64</c>; null = not known.</summary>
    public string? Architecture { get; init; }

    public string? NodeName { get; init; }
}

public sealed record LinuxKernelVariablesSpec
{
    public IReadOnlyList<KernelVariable>? KernelVariables { get; init; }

    public string? NodeName { get; init; }
}

public sealed record KernelVariable
{
    public string? Key { get; init; }

    public string? Value { get; init; }

    /// <summary>Shape: path of the file.</summary>
    public string? Source { get; init; }
}
