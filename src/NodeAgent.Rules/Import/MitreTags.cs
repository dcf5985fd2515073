// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace NodeAgent.Rules.Import;

/// <summary>What the tags of a rule say of MITRE ATT&amp;CK. Source: the Enterprise matrix.</summary>
internal static partial class MitreTags
{
    private static readonly Dictionary<string, string> Tactics = new(StringComparer.Ordinal)
    {
        ["reconnaissance"] = "TA0043",
        ["resource_development"] = "TA0042",
        ["initial_access"] = "TA0001",
        ["execution"] = "TA0002",
        ["persistence"] = "TA0003",
        ["privilege_escalation"] = "TA0004",
        ["defense_evasion"] = "TA0005",
        ["credential_access"] = "TA0006",
        ["discovery"] = "TA0007",
        ["lateral_movement"] = "TA0008",
        ["collection"] = "TA0009",
        ["command_and_control"] = "TA0011",
        ["exfiltration"] = "TA0010",
        ["impact"] = "TA0040",
    };

    /// <param name="tags">Shape: <c>mitre_execution</c>, <c>T1059.004</c>, <c>attack.execution</c>, <c>attack.t1059</c>, and others.</param>
    /// <returns>The first of each; empty = none.</returns>
    public static (string Tactic, string Technique) Of(IEnumerable<string> tags)
    {
        string tactic = string.Empty, technique = string.Empty;
        foreach (string tag in tags)
        {
            string name = tag.StartsWith("mitre_", StringComparison.Ordinal) ? tag["mitre_".Length..]
                : tag.StartsWith("attack.", StringComparison.OrdinalIgnoreCase) ? tag["attack.".Length..] : tag;
            if (technique.Length == 0 && TechniqueShape().IsMatch(name))
            {
                technique = name.ToUpperInvariant();
            }
            else if (tactic.Length == 0)
            {
                tactic = TacticShape().IsMatch(name) ? name.ToUpperInvariant()
                    : ReferenceEquals(name, tag) ? string.Empty
                    : Tactics.GetValueOrDefault(name.ToLowerInvariant().Replace('-', '_'), string.Empty);
            }
        }

        return (tactic, technique);
    }

    [GeneratedRegex(@"^[Tt]\d{4}(\.\d{3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex TechniqueShape();

    [GeneratedRegex(@"^[Tt][Aa]\d{4}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TacticShape();
}
