// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import;

/// <summary>Gathers what an import makes: a rule is written only when it compiles, and, if so asked, only when it means what it meant.</summary>
/// <param name="isStrict">A rule that means less or more than the original is refused.</param>
internal sealed class RuleWriter(bool isStrict)
{
    private static readonly string[] Everywhere = ["context:container", "context:kubernetes", "context:standalone", "context:host"];

    /// <summary>What makes two alerts one: what was done, by whom, and to what.</summary>
    public const string UniqueId = "[eventType, event.comm, event.exepath, event.path, event.newPath, event.dstAddr].join('_')";

    private readonly RuleCheck _check = new();
    private readonly List<RuntimeRule> _rules = [];
    private readonly List<ImportRemark> _remarks = [];
    private int _read;

    /// <summary>Tags of a rule that looks at everything on the machine.</summary>
    public static IEnumerable<string> AllScopes => Everywhere;

    /// <summary>Tags of a rule that looks at containers.</summary>
    public static IEnumerable<string> ContainerScopes => Everywhere[..2];

    /// <summary>Tags of a rule that looks at what is in no container.</summary>
    public static IEnumerable<string> HostScopes => Everywhere[2..];

    public RuleImport Result => new([.. _rules], [.. _remarks], _read);

    /// <summary>Of a file as a whole.</summary>
    public void Note(string source, long line, ImportRemarkKind kind, string message) => _remarks.Add(new ImportRemark(source, line, string.Empty, kind, message));

    public void Refuse(string source, long line, string name, IEnumerable<string> reasons)
    {
        _read++;
        _remarks.AddRange(reasons.Distinct(StringComparer.Ordinal).Select(reason => new ImportRemark(source, line, name, ImportRemarkKind.Refused, reason)));
    }

    /// <param name="approximations">How far it means something else.</param>
    public void Add(string source, long line, string name, RuntimeRule rule, IEnumerable<Approximation> approximations)
    {
        Approximation[] said = [.. approximations.Distinct()];
        string[] faults =
        [
            .. _check.Check([rule], []).Where(issue => issue.IsError).Select(issue => $"does not compile: {issue}"),
            .. said.Where(one => isStrict && one.Kind is ImportRemarkKind.MeansLess or ImportRemarkKind.MeansMore).Select(one => one.Message),
            .. _rules.Count >= ImportLimits.MaxRules ? [$"there are more than {ImportLimits.MaxRules} rules"] : Array.Empty<string>(),
        ];
        if (faults.Length > 0)
        {
            Refuse(source, line, name, faults);
            return;
        }

        _read++;
        _rules.Add(rule);
        _remarks.AddRange(said.Select(one => new ImportRemark(source, line, name, one.Kind, one.Message)));
    }
}
