// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Tests.Evaluation;

/// <summary>Writes random expressions of a wanted type; most of them check, many of them end with errors.</summary>
internal sealed class ExpressionGenerator(int seed)
{
    private static readonly string[] Types = ["bool", "int", "uint", "double", "string", "bytes", "ints", "strings", "map", "duration", "timestamp"];
    private readonly Random _random = new(seed);
    private readonly List<(string Name, string Type)> _locals = [];
    private int _names;

    public string Any(int depth) => Of(Types[_random.Next(Types.Length)], depth);

    public string Of(string type, int depth)
    {
        if (_random.Next(12) == 0 && _locals.Exists(l => l.Type == type))
        {
            return _locals.FindLast(l => l.Type == type).Name;
        }

        if (depth <= 0)
        {
            return Leaf(type);
        }

        return _random.Next(10) == 0 ? Common(type, depth - 1) : Pick(Forms(type), depth - 1);
    }

    /// <summary>Tokens without sense.</summary>
    public string Noise(int length)
    {
        string[] tokens = ["(", ")", "[", "]", "{", "}", ".", ",", "?", ":", "!", "-", "+", "&&", "||", "==", "in", "a", "x", "has", "map", "1", "2u", "'s'", "b'\\xff'", "0x", "r'", "//", "\n", "`a b`", "😀", "\u0000", "cel", "bind", "optMap", "1e9", "null", ".?", "math", "greatest"];
        return string.Concat(Enumerable.Range(0, length).Select(_ => tokens[_random.Next(tokens.Length)] + (_random.Next(2) == 0 ? " " : "")));
    }

    // Forms in which #type stands for a part, and @a:type{…} for a part that may name the variable a.
    private static string[] Forms(string type) => type switch
    {
        "bool" =>
        [
            "#bool && #bool", "#bool || #bool", "!(#bool)", "#int == #int", "#int < #int", "#uint >= #uint", "#double <= #double", "#string == #string", "#string != #string",
            "#string.startsWith(#string)", "#string.contains(#string)", "#string.matches('^[a-f]+$')", "#int in #ints", "#string in #strings", "#string in ['a', 'b', 'bc']", "#int in [1, 2, 3]",
            "#ints == #ints", "#strings.exists(@:string, #bool)", "#ints.all(@:int, #bool)", "#ints.exists_one(@:int, #bool)", "has(#map.a)", "#map == #map", "dyn(#int) == dyn(#double)",
            "dyn(#uint) < dyn(#int)", "#duration < #duration", "#timestamp == #timestamp", "#bytes == #bytes", "sets.contains(#ints, #ints)", "#map.exists(@:string, #bool)", "#bool == #bool", "dyn(#string) in dyn(#map)",
        ],
        "int" =>
        [
            "#int + #int", "#int - #int", "#int * #int", "#int / #int", "#int % #int", "-(#int)", "size(#string)", "#ints.size()", "#ints[#int]", "int(#double)", "int(#string)", "int(#uint)",
            "#string.indexOf(#string)", "#map['a']", "#map.b", "math.greatest(#int, #int)", "math.bitAnd(#int, #int)", "#map[?#string].orValue(#int)", "#timestamp.getHours()", "#ints.last().orValue(#int)", "size(#bytes)",
        ],
        "uint" => ["#uint + #uint", "#uint - #uint", "#uint * #uint", "#uint / #uint", "#uint % #uint", "uint(#int)", "uint(#double)", "math.bitNot(#uint)"],
        "double" => ["#double + #double", "#double * #double", "#double / #double", "-(#double)", "double(#int)", "double(#string)", "math.floor(#double)", "math.sqrt(#int)"],
        "string" =>
        [
            "#string + #string", "string(#int)", "string(#double)", "string(#bytes)", "#strings[#int]", "#string.substring(#int)", "#string.replace(#string, #string)", "#strings.join(#string)", "#string.charAt(#int)",
            "#string.lowerAscii()", "#string.reverse()", "#string.trim()", "'%s-%d'.format([#string, #int])", "#strings[?#int].orValue(#string)", "string(#duration)", "strings.quote(#string)", "base64.encode(#bytes)",
        ],
        "bytes" => ["#bytes + #bytes", "bytes(#string)", "base64.decode(#string)"],
        "ints" =>
        [
            "[#int, #int]", "#ints + #ints", "#ints.map(@:int, #int)", "#ints.filter(@:int, #bool)", "#ints.map(@:int, #bool, #int)", "#strings.map(@:string, #int)", "#ints.sort()", "#ints.slice(#int, #int)", "#ints.distinct()",
            "#ints.sortBy(@:int, #int)", "#ints.reverse()", "[[#int], #ints].flatten()", "[?optional.of(#int), #int]", "#map.map(@:string, #int)",
        ],
        "strings" => ["[#string]", "#strings + #strings", "#string.split(#string)", "#strings.filter(@:string, #bool)", "#ints.map(@:int, #string)", "#map.filter(@:string, #bool)", "#strings.sort()"],
        "map" => ["{'a': #int}", "{'a': #int, #string: #int}", "#strings.transformMapEntry(i, @:string, {#string: #int})", "#map.transformMap(k, @:int, #int)", "{?'a': optional.ofNonZeroValue(#int)}"],
        "duration" => ["#duration + #duration", "#duration - #duration", "#timestamp - #timestamp"],
        _ => ["#timestamp + #duration", "#timestamp - #duration", "timestamp(#int)"],
    };

    private string Common(string type, int depth) => _random.Next(3) switch
    {
        0 => $"({Of("bool", depth)} ? {Of(type, depth)} : {Of(type, depth)})",
        1 => Pick([$"cel.bind(@:int, #{type})"], depth),
        _ => $"optional.of({Of(type, depth)}).orValue({Of(type, depth)})",
    };

    private string Pick(string[] forms, int depth)
    {
        string form = forms[_random.Next(forms.Length)];
        var text = new System.Text.StringBuilder();
        int known = _locals.Count;
        for (int i = 0; i < form.Length; i++)
        {
            if (form[i] is not ('#' or '@'))
            {
                text.Append(form[i]);
                continue;
            }

            int start = form[i] == '@' ? i + 2 : i + 1, end = start;
            while (end < form.Length && char.IsAsciiLetter(form[end]))
            {
                end++;
            }

            string type = form[start..end];
            if (form[i] == '@')
            {
                string name = $"v{_names++}";
                text.Append(name).Append(form.StartsWith("cel.bind", StringComparison.Ordinal) ? $", {Of(type, depth)}" : "");
                _locals.Add((name, type));
            }
            else
            {
                string part = Of(type, depth);
                text.Append(part.All(char.IsAsciiLetterOrDigit) ? part : $"({part})");
            }

            i = end - 1;
        }

        _locals.RemoveRange(known, _locals.Count - known);
        return text.ToString();
    }

    private string Leaf(string type)
    {
        string[] leaves = type switch
        {
            "bool" => ["true", "false", "yes"],
            "int" => ["0", "1", "-1", "7", "9223372036854775807", "-9223372036854775808", "n"],
            "uint" => ["0u", "1u", "18446744073709551615u", "u"],
            "double" => ["0.0", "1.5", "-2.5", "1e300", "d"],
            "string" => ["''", "'a'", "'abc'", "'é😀'", "'12'", "' x '", "s"],
            "bytes" => ["b''", "b'a'", "b'\\xff'"],
            "ints" => ["[]", "[1, 2, 3]", "l"],
            "strings" => ["['a']", "['b', 'a', 'bc']", "w"],
            "map" => ["{'a': 1}", "{'b': 2, 'a': 0}", "m"],
            "duration" => ["duration('1s')", "duration('-36h')"],
            _ => ["timestamp(0)", "timestamp('2009-02-13T23:31:30Z')"],
        };
        return leaves[_random.Next(leaves.Length)];
    }
}
