// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Tests.Conformance;

/// <summary>One line of a table: variables, an expression and what it gives.</summary>
/// <param name="Variables">Name, type and value of each; the last two in the language itself.</param>
/// <param name="Expected">An expression that needs no variables; or <c>!</c> with the name of a fault; or <c>!type</c> for an error of the check.</param>
/// <param name="IsDynamic">Only for evaluation without the checker.</param>
internal sealed record ConformanceCase(string Place, IReadOnlyList<(string Name, string Type, string Value)> Variables, string Expression, string Expected, string? Type, bool IsDynamic)
{
    /// <summary>
    /// Shape of a table, line by line: <c># comment</c>; <c>[section]</c>; or a case,
    /// <c>[~] {name: type = value ;;} expression [=> expected] [:: type]</c>. Without an expectation it is <c>true</c>.
    /// </summary>
    public static IEnumerable<ConformanceCase> Read(string file)
    {
        string section = "";
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            if (line.Length == 0 || line.StartsWith("# ", StringComparison.Ordinal) || line == "#")
            {
                continue;
            }

            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                section = line[3..];
                continue;
            }

            yield return Parse($"{Path.GetFileNameWithoutExtension(file)}:{number} {section}", line);
        }
    }

    private static ConformanceCase Parse(string place, string line)
    {
        bool dynamic = line.StartsWith("~ ", StringComparison.Ordinal);
        line = dynamic ? line[2..] : line;
        string[] parts = line.Split(" ;; ");
        var variables = new List<(string, string, string)>();
        foreach (string variable in parts[..^1])
        {
            int colon = variable.IndexOf(": ", StringComparison.Ordinal), equals = variable.IndexOf(" = ", StringComparison.Ordinal);
            variables.Add((variable[..colon], variable[(colon + 2)..equals], variable[(equals + 3)..]));
        }

        string rest = parts[^1];
        int typeAt = rest.LastIndexOf(" :: ", StringComparison.Ordinal);
        string? type = typeAt < 0 ? null : rest[(typeAt + 4)..];
        rest = typeAt < 0 ? rest : rest[..typeAt];
        int arrow = rest.LastIndexOf(" => ", StringComparison.Ordinal);
        return new ConformanceCase(place, variables, arrow < 0 ? rest : rest[..arrow], arrow < 0 ? "true" : rest[(arrow + 4)..], type, dynamic);
    }
}
