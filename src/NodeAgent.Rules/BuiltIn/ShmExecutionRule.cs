// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;

namespace NodeAgent.Rules.BuiltIn;

/// <summary>R1000: an exec from /dev/shm, by the executable, the working directory or the first argument.</summary>
internal sealed class ShmExecutionRule() : ExecRule(new RuleDescriptor
{
    Id = "R1000",
    Name = "Process Executed from /dev/shm",
    Description = "A process was started from shared memory, a writable place that holds no installed program.",
    Severity = 8,
    MitreTactic = "TA0002",
    MitreTechnique = "T1059",
    ProfileDependency = ProfileDependency.NotRequired,
    IsTriggerAlert = true,
    Tags = ["signature", "malicious", "exec", "context:container", "context:host", "context:standalone"],
})
{
    public override bool Matches(in ExecEvent source, RuleContext context) =>
        ExecPath.IsUnder(source.Exe, "/dev/shm"u8)
        || ExecPath.IsUnder(source.Cwd, "/dev/shm"u8)
        || ExecPath.IsUnder(ExecPath.FirstArgument(source), "/dev/shm"u8);

    protected override string Message(in ExecEvent source, string comm, string path) =>
        $"Execution from shared memory: {path} ({comm}) in directory {ExecPath.Text(source.Cwd)}";
}
