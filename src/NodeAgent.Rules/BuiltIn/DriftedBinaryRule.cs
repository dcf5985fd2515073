// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.BuiltIn;

/// <summary>R1001: the program, or the one that started it, was written after the container was made from its image.</summary>
/// <remarks>
/// The host is left out by default: where the machine's own root is an overlay, everything ever installed lies in its
/// upper layer and nothing has drifted.
/// </remarks>
internal sealed class DriftedBinaryRule() : ExecRule(new RuleDescriptor
{
    Id = "R1001",
    Name = "Drifted process executed",
    Description = "A process runs from a file that is not part of the container's image.",
    Severity = 8,
    MitreTactic = "TA0005",
    MitreTechnique = "T1036",
    ProfileDependency = ProfileDependency.Optional,
    IsTriggerAlert = true,
    Tags = ["signature", "malicious", "exec", "context:container", "context:standalone"],
    Scopes = RuleScopes.Container | RuleScopes.Cgroup | RuleScopes.SystemdUnit,
})
{
    public override bool Matches(in ExecEvent source, RuleContext context) =>
        (source.Record.Flags & ExecFlags.UpperLayer) != 0
        || ((context.ParentInUnit?.ExecFlags ?? ExecFlags.None) & ExecFlags.UpperLayer) != 0;

    protected override string Message(in ExecEvent source, string comm, string path) =>
        (source.Record.Flags & ExecFlags.UpperLayer) != 0
            ? $"Process {path} ({comm}) was executed and is not part of the image"
            : $"Process {path} ({comm}) was started by a process that is not part of the image";
}
