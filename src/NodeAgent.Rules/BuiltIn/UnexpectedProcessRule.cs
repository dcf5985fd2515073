// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Rules.Alerts;

namespace NodeAgent.Rules.BuiltIn;

/// <summary>R0001: a program that the completed profile does not hold.</summary>
internal sealed class UnexpectedProcessRule() : ExecRule(new RuleDescriptor
{
    Id = "R0001",
    Name = "Unexpected process launched",
    Description = "A process runs whose executable was never seen while the workload's behaviour was learned.",
    Severity = 1,
    MitreTactic = "TA0002",
    MitreTechnique = "T1059",
    ProfileDependency = ProfileDependency.Required,
    IsTriggerAlert = true,
    Tags = ["anomaly", "process", "exec", "context:container", "context:host", "context:standalone"],
    Scopes = RuleScopes.Container | RuleScopes.Cgroup | RuleScopes.SystemdUnit,
})
{
    public override bool Matches(in ExecEvent source, RuleContext context) => true;

    /// <summary>comm_exepath</summary>
    public override void WriteUniqueId(in ExecEvent source, RuleContext context, UniqueIdHasher uniqueId) =>
        uniqueId.Append(ExecPath.Comm(in source.Record.Header)).Separate().Append(ExecPath.Of(source));

    protected override string Message(in ExecEvent source, string comm, string path) =>
        $"Unexpected process launched: {path} ({comm}) with PID {source.Record.Header.Pid}";
}
