// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>A rule's output as the text that an alert says: <c>%field</c> is the field's value, and <c>&lt;NA&gt;</c> where there is none.</summary>
internal static partial class FalcoOutput
{
    private const string Missing = "'<NA>'";

    /// <param name="events">What the rule is judged on: a field may be read from each in its own way.</param>
    /// <param name="said">Gets the fields that are not known.</param>
    public static string ToCel(string output, string name, IReadOnlyList<FalcoEvent> events, ICollection<Approximation> said)
    {
        // A text that is written over several lines is one line.
        string text = string.Join(' ', (output.Length > 0 ? output : name).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var parts = new List<string>();
        int at = 0;
        foreach (Match match in Placeholder().Matches(text))
        {
            if (parts.Count >= ImportLimits.MaxMessageParts)
            {
                said.Add(new Approximation(ImportRemarkKind.Note, $"output: cut after {ImportLimits.MaxMessageParts} parts"));
                at = text.Length;
                break;
            }

            Literal(parts, text[at..match.Index]);
            at = match.Index + match.Length;
            parts.Add(match.Value == "%%" ? "'%'" : Value(match, events, said));
        }

        Literal(parts, text[at..]);
        return parts.Count == 1 ? parts[0] : $"[{string.Join(", ", parts)}].join('')";
    }

    private static void Literal(List<string> parts, string text)
    {
        if (text.Length > 0)
        {
            parts.Add(CelLiteral.Of(text));
        }
    }

    private static string Value(Match match, IReadOnlyList<FalcoEvent> events, ICollection<Approximation> said)
    {
        string name = match.Groups["name"].Value;
        if (name == "container.info")
        {
            return "'container_id=' + container.id + ' container_name=' + container.name";
        }

        var field = new FalcoField(name, match.Groups["argument"].Success ? match.Groups["argument"].Value : null, []);
        (RuleEventType? Type, string Cel)[] readings = [.. events.Select(one => (one.Type, Read(field, one) ?? Missing)).Distinct()];
        if (readings.All(reading => reading.Cel == Missing))
        {
            said.Add(new Approximation(ImportRemarkKind.Note, $"output: %{match.Value[1..].TrimStart('*')} is not known and is written as <NA>"));
            return Missing;
        }

        // Events of one type may read a field in several ways: the first is taken.
        string made = readings[^1].Cel;
        foreach ((RuleEventType? type, string cel) in readings.DistinctBy(reading => reading.Type).Reverse())
        {
            made = made == cel ? made : $"(eventType == '{RuleEventTypes.NameOf(type!.Value)}' ? {cel} : {made})";
        }

        return made;
    }

    private static string? Read(FalcoField field, FalcoEvent @event)
    {
        if (field.Name is "evt.type" or "syscall.type")
        {
            return "eventType";
        }

        if (FalcoFields.Read(field, @event) is not FalcoKnown { Reading: { ElementsOf: null } reading })
        {
            return null;
        }

        string? text = reading.Kind switch
        {
            FalcoKind.Text or FalcoKind.Address => reading.Cel,
            FalcoKind.Number or FalcoKind.Bool => $"string({reading.Cel})",
            FalcoKind.Flags => $"{reading.Cel}.join('|')",
            FalcoKind.Zero => $"({reading.Cel} ? '1' : '0')",
            FalcoKind.Named when field.Name == "evt.res" => "(event.failed ? 'errno ' + string(event.errno) : 'SUCCESS')",
            FalcoKind.Result => "string(-event.errno)",
            FalcoKind.Named when reading.Names!.Count == 1 => $"({reading.Cel} == 0 ? 'root' : string({reading.Cel}))",
            FalcoKind.Named => $"string({reading.Cel})",
            _ => null,
        };
        return text is null || reading.Presence is null ? text : $"({reading.Presence} ? {text} : {Missing})";
    }

    [GeneratedRegex(@"%%|%\*?(?<name>[a-z][a-z0-9_]*(\.[a-z0-9_]+)+)(\[(?<argument>[^\]]{1,100})\])?", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
