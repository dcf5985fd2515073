// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NodeAgent.HostScan.Tests.Reports;

/// <summary>
/// What readers of JUnit files ask of them. Nobody owns the form; this is what both schemas in use accept together, that of Ant's task and that of Jenkins' readers. Attributes in
/// brackets may be missing, elements with an exclamation mark may not; they stand in this order.
/// </summary>
internal static partial class JunitForm
{
    private static readonly Dictionary<string, (string[] Attributes, string[] Elements)> Elements = new()
    {
        ["testsuites"] = ([], ["testsuite"]),
        ["testsuite"] = (
            ["name", "package", "id", "hostname", "timestamp", "tests", "failures", "errors", "[skipped]", "time"], ["properties!", "testcase", "system-out!", "system-err!"]),
        ["properties"] = ([], ["property"]),
        ["property"] = (["name", "value"], []),
        ["testcase"] = (["name", "classname", "time"], ["skipped", "error", "failure"]),
        ["failure"] = (["type", "[message]"], []),
        ["error"] = (["type", "[message]"], []),
        ["skipped"] = ([], []),
        ["system-out"] = ([], []),
        ["system-err"] = ([], []),
    };

    private static readonly string[] Counts = ["tests", "failures", "errors", "skipped", "id"];

    /// <returns>Shape: what is wrong, and where; empty = nothing.</returns>
    public static IReadOnlyList<string> Faults(XElement root)
    {
        var faults = new List<string>();
        if (root.Name != "testsuites")
        {
            faults.Add($"{root.Name} is no root");
        }

        Check(root, faults);
        return faults;
    }

    private static void Check(XElement element, List<string> faults)
    {
        if (!Elements.TryGetValue(element.Name.ToString(), out (string[] Attributes, string[] Elements) form))
        {
            faults.Add($"{element.Name} is no element");
            return;
        }

        faults.AddRange(form.Attributes.Where(name => name[0] != '[' && element.Attribute(name) is null).Select(name => $"{element.Name} has no {name}"));
        foreach (XAttribute attribute in element.Attributes())
        {
            string name = attribute.Name.ToString();
            if (!form.Attributes.Contains(name) && !form.Attributes.Contains($"[{name}]"))
            {
                faults.Add($"{element.Name} may have no {name}");
            }
            else if (!IsRight(name, attribute.Value))
            {
                faults.Add($"{element.Name} {name} may not be '{attribute.Value}'");
            }
        }

        faults.AddRange(form.Elements.Where(name => name[^1] == '!' && element.Elements(name[..^1]).Count() != 1).Select(name => $"{element.Name} must have one {name[..^1]}"));
        if (element.Name == "testcase" && element.Elements().Count() > 1)
        {
            faults.Add("testcase has more than one outcome");
        }

        int place = 0;
        foreach (XElement child in element.Elements())
        {
            int at = Array.FindIndex(form.Elements, name => name.TrimEnd('!') == child.Name.ToString());
            if (at < place)
            {
                faults.Add($"{element.Name} may have no {child.Name} there");
            }

            place = Math.Max(place, at);
            Check(child, faults);
        }
    }

    private static bool IsRight(string name, string value) => name switch
    {
        _ when Counts.Contains(name) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        "time" => decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _),
        "timestamp" => Timestamp().IsMatch(value),
        "name" or "hostname" => value.Length > 0,
        _ => true,
    };

    // Ant writes no zone, and its schema allows none.
    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")]
    private static partial Regex Timestamp();
}
