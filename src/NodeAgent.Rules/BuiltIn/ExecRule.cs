// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.BuiltIn;

/// <summary>What the rules over exec have in common: by which profile entry they judge, what an alert says.</summary>
internal abstract class ExecRule(RuleDescriptor descriptor) : IRule<ExecEvent>
{
    public RuleDescriptor Descriptor { get; } = descriptor;

    public abstract bool Matches(in ExecEvent source, RuleContext context);

    public virtual bool IsExpected(in ExecEvent source, ProfileView profile) => profile.WasExecuted(ExecPath.Of(source));

    /// <summary>comm_exepath_pcomm</summary>
    public virtual void WriteUniqueId(in ExecEvent source, RuleContext context, UniqueIdHasher uniqueId) =>
        uniqueId.Append(ExecPath.Comm(in source.Record.Header)).Separate()
            .Append(ExecPath.Of(source)).Separate()
            .Append(context.Process.Parent?.Comm ?? string.Empty);

    public AlertFacts Describe(in ExecEvent source, RuleContext context)
    {
        string path = ExecPath.Text(ExecPath.Of(source));
        string comm = ExecPath.Text(ExecPath.Comm(in source.Record.Header));
        int slash = path.LastIndexOf('/');
        return new AlertFacts(
            Message(source, comm, path),
            new AlertArguments { Exec = path, Args = BoundedText.Arguments(source.Argv) },
            new AlertIdentifiers
            {
                File = new AlertFileIdentifier(path[(slash + 1)..], slash < 0 ? null : slash == 0 ? "/" : path[..slash]),
            });
    }

    protected abstract string Message(in ExecEvent source, string comm, string path);
}
