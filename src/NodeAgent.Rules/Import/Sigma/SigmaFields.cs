// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Sigma;

/// <summary>How a field of Sigma's process creation is read.</summary>
/// <param name="Cel">The expression; what is missing is empty, or 0.</param>
/// <param name="IsNumber">Else it is a text.</param>
/// <param name="IsUser">A number that stands for a name, of which only root's is known.</param>
internal sealed record SigmaField(string Cel, bool IsNumber = false, bool IsUser = false)
{
    /// <summary>Holds where the event has the field.</summary>
    public Condition Present => Condition.Test(IsUser ? $"{Cel} >= 0" : IsNumber ? $"{Cel} != 0" : $"{Cel} != ''");
}

/// <summary>The fields of Sigma's taxonomy for processes that are started on Linux. Source: Sigma's taxonomy, category process_creation.</summary>
internal static class SigmaFields
{
    private const string HasParent = "event.ancestors.size() > 0";
    private const string Parent = "event.ancestors[0]";

    public static Approximation UserNames { get; } = new(
        ImportRemarkKind.MeansMore, "user names are not known: root is whoever has the id 0");

    /// <returns>Null: our events do not have it.</returns>
    public static SigmaField? Find(string name) => name switch
    {
        "Image" => new("event.exepath"),
        "CommandLine" => new("event.args.join(' ')"),
        "CurrentDirectory" => new("event.cwd"),
        "ParentImage" => new($"({HasParent} ? {Parent}.exepath : '')"),
        "ParentCommandLine" => new($"({HasParent} ? {Parent}.args.join(' ') : '')"),
        "ProcessId" => new("event.pid", IsNumber: true),
        "ParentProcessId" => new("event.ppid", IsNumber: true),
        "User" => new("event.uid", IsNumber: true, IsUser: true),
        "ParentUser" => new($"({HasParent} ? {Parent}.uid : -1)", IsNumber: true, IsUser: true),
        _ => null,
    };
}
