// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.BuiltIn;

/// <summary>R1005: a program that no file system holds: a memfd, a path through /proc/…/fd, a file without a name.</summary>
internal sealed class FilelessExecutionRule(IEnumerable<string> runtimeExecutables) : ExecRule(new RuleDescriptor
{
    Id = "R1005",
    Name = "Fileless execution detected",
    Description = "A process was started from memory or from a file without a name, so that no file tells what ran.",
    Severity = 8,
    MitreTactic = "TA0005",
    MitreTechnique = "T1055",
    ProfileDependency = ProfileDependency.NotRequired,
    IsTriggerAlert = true,
    Tags = ["signature", "malicious", "exec", "context:container", "context:host", "context:standalone"],
})
{
    private readonly string[] _runtimes = [.. runtimeExecutables];

    public override bool Matches(in ExecEvent source, RuleContext context) =>
        IsFileless(source) && !IsRuntimeStartingContainer(source, context);

    protected override string Message(in ExecEvent source, string comm, string path) =>
        $"Fileless execution: {path} ({comm}) with PID {source.Record.Header.Pid} runs from memory";

    private static bool IsFileless(in ExecEvent source)
    {
        ExecFlags flags = source.Record.Flags;
        if ((flags & ExecFlags.Memfd) != 0)
        {
            return true;
        }

        // An unlinked executable is what /proc/self/fd/N resolves to. A process that was there before the agent may
        // only have outlived the update of its package.
        return ((flags & ExecFlags.Deleted) != 0 && !source.IsSnapshot) || IsMemoryPath(source.Exe);
    }

    private static bool IsMemoryPath(ReadOnlySpan<byte> path)
    {
        if (path.StartsWith("memfd:"u8) || path.StartsWith("/memfd:"u8))
        {
            return true;
        }

        if (!path.StartsWith("/proc/"u8))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = path["/proc/"u8.Length..];
        int slash = rest.IndexOf((byte)'/');
        return slash > 0
            && (rest[..slash].SequenceEqual("self"u8) || rest[..slash].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0)
            && rest[(slash + 1)..].StartsWith("fd/"u8);
    }

    /// <summary>
    /// runc runs a sealed copy of itself (CVE-2019-5736), possibly when its child is in the container's cgroup already.
    /// The name alone proves nothing; that the parent is a runtime's executable in another unit cannot be had from inside.
    /// </summary>
    private bool IsRuntimeStartingContainer(in ExecEvent source, RuleContext context)
    {
        if (!source.Exe.StartsWith("memfd:runc_cloned:"u8) && !source.Exe.StartsWith("/memfd:runc_cloned:"u8))
        {
            return false;
        }

        ProcessInfo? parent = context.Process.Parent;
        return parent is not null && parent.Container.CgroupId != context.Container.CgroupId && IsRuntime(parent.ExePath);
    }

    private bool IsRuntime(string path)
    {
        foreach (string name in _runtimes)
        {
            if (ExecPath.FileName(path).SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }
}
