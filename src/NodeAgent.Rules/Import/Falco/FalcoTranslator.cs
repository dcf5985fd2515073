// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>Translates conditions, for one event at a time: what asks for the event is decided, the rest becomes questions of ours.</summary>
/// <remarks>Errors: <see cref="FormatException"/>.</remarks>
internal sealed class FalcoTranslator(FalcoDefinitions definitions)
{
    private const string ApiServerName = "kubernetes.default.svc";

    private readonly Dictionary<string, FalcoExpression> _macros = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _lists = new(StringComparer.Ordinal);
    private readonly List<string> _open = [];
    private FalcoEvent _event = FalcoEvents.Other(string.Empty);
    private long _total;
    private int _parts;
    private int _depth;
    private bool _isNegated;

    /// <summary>Event types that the conditions have asked for since it was cleared.</summary>
    public HashSet<string> Asked { get; } = new(StringComparer.Ordinal);

    /// <summary>What our events never are, of what the last condition asked for.</summary>
    public HashSet<Approximation> Said { get; } = [];

    /// <summary>What is left of the condition when the event is this one.</summary>
    public Condition Translate(FalcoExpression expression, FalcoEvent @event)
    {
        _event = @event;
        (_parts, _depth, _isNegated) = (0, 0, false);
        _open.Clear();
        Said.Clear();
        return Of(expression);
    }

    private Condition Of(FalcoExpression expression)
    {
        Count(1);
        if (_depth >= 2 * ImportLimits.MaxConditionDepth)
        {
            throw new FormatException($"with its macros the condition has more than {2 * ImportLimits.MaxConditionDepth} levels");
        }

        _depth++;
        Condition made = expression switch
        {
            FalcoRow row => Row(row),
            FalcoNot not => Not(not),
            FalcoMacro macro => Macro(macro.Name),
            _ => Check((FalcoCheck)expression),
        };
        _depth--;
        return made;
    }

    private Condition Not(FalcoNot not)
    {
        _isNegated = !_isNegated;
        Condition part = Of(not.Part);
        _isNegated = !_isNegated;
        return Condition.Not(part);
    }

    // All parts are looked at, also when one decides: the events that they ask for are noted.
    private Condition Row(FalcoRow row)
    {
        Condition[] parts = [.. row.Parts.Select(Of)];
        return row.IsAnd ? Condition.All(parts) : Condition.Any(parts);
    }

    private Condition Macro(string name)
    {
        if (_open.Contains(name))
        {
            throw new FormatException($"the macro {name} names itself: {string.Join(" -> ", _open.SkipWhile(one => one != name).Append(name))}");
        }

        if (!_macros.TryGetValue(name, out FalcoExpression? expression))
        {
            string text = definitions.Macros.TryGetValue(name, out string? found) ? found : throw new FormatException($"there is no macro {name}");
            try
            {
                _macros[name] = expression = FalcoConditionParser.Parse(text);
            }
            catch (FormatException e)
            {
                throw new FormatException($"macro {name}: {e.Message}", e);
            }
        }

        _open.Add(name);
        Condition made = Of(expression);
        _open.RemoveAt(_open.Count - 1);
        return made;
    }

    private Condition Check(FalcoCheck check)
    {
        if (check.Operator.Split(' ') is [string sign, string quantifier])
        {
            Condition[] each = [.. Values(check with { Operator = "in" }).Select(value => Check(check with { Operator = sign, Values = [new FalcoValue(value, IsQuoted: true)] }))];
            return quantifier == "anyof" ? Condition.Any(each) : Condition.All(each);
        }

        try
        {
            return check.Field.Name switch
            {
                "evt.type" or "syscall.type" => EventType(check),
                "evt.dir" => Direction(check),
                "evt.num" => EventNumber(check),
                "fd.sip.name" or "fd.rip.name" => PeerName(check),
                "container.id" or "container.full_id" when OnHost(check) is { } host => host,
                _ => Compare(check),
            };
        }
        catch (LackingException e)
        {
            return Condition.Lacking(e.Message);
        }
        catch (FormatException) when (check.Field is { Name: "evt.arg", Argument: not null })
        {
            // The same number is another argument of each event: a text where it is a number is never equal.
            return Condition.False;
        }
    }

    private Condition Compare(FalcoCheck check)
    {
        FalcoFieldAnswer left = Transformed(check.Field);
        if (check.Other is not null)
        {
            return (left, Transformed(check.Other)) switch
            {
                (FalcoKnown one, FalcoKnown other) => FalcoComparison.Of(one.Reading, check.Operator, other.Reading, $"{check.Field} and {check.Other}"),
                (FalcoUnknown one, _) => Condition.Lacking(one.What),
                (_, FalcoUnknown other) => Condition.Lacking(other.What),
                _ => Condition.False,
            };
        }

        return left switch
        {
            FalcoKnown known => new FalcoComparison(Say).Of(known.Reading, check, Values(check)),
            FalcoUnknown unknown => Condition.Lacking(unknown.What),
            _ => Condition.False,
        };
    }

    private FalcoFieldAnswer Transformed(FalcoField field)
    {
        FalcoFieldAnswer answer = FalcoFields.Read(field, _event);
        foreach (string transformer in field.Transformers)
        {
            if (answer is not FalcoKnown known)
            {
                return answer;
            }

            bool isText = known.Reading.Kind == FalcoKind.Text;
            string cel = known.Reading.Cel;
            answer = transformer switch
            {
                "tolower" when isText => known.Reading with { Cel = $"{cel}.lowerAscii()" },
                "toupper" when isText => known.Reading with { Cel = $"{cel}.upperAscii()" },
                "basename" when isText => known.Reading with { Cel = FalcoFields.BaseName(cel) },
                "b64" when isText && known.Reading.ElementsOf is null => Decoded(known.Reading),
                "len" when isText => known.Reading with { Cel = $"{cel}.size()", Kind = FalcoKind.Number },
                _ => FalcoFieldAnswer.Unknown($"operator {transformer}() of {field.Name}"),
            };
        }

        return answer;
    }

    // What is no base64 has no value, which is unlike everything.
    private static FalcoReading Decoded(FalcoReading encoded)
    {
        string cel = $"parse.base64({encoded.Cel})";
        return encoded with { Cel = cel, Presence = encoded.Presence is null ? $"{cel} != ''" : $"{encoded.Presence} && {cel} != ''", SaysNotKnown = false };
    }

    /// <summary>Lists written out, each value once.</summary>
    private string[] Values(FalcoCheck check)
    {
        if (check.Operator is not ("in" or "intersects" or "pmatch"))
        {
            return [.. check.Values.Select(value => value.Text)];
        }

        string[] values = [.. check.Values.SelectMany(value => value.IsQuoted ? [value.Text] : List(value.Text)).Distinct(StringComparer.Ordinal)];
        Count(values.Length);
        return values;
    }

    private IReadOnlyList<string> List(string name)
    {
        if (_lists.TryGetValue(name, out IReadOnlyList<string>? known))
        {
            return known;
        }

        if (!definitions.Lists.TryGetValue(name, out List<FalcoValue>? items))
        {
            return [name];
        }

        if (_open.Contains("list " + name) || _open.Count > 2 * ImportLimits.MaxConditionDepth)
        {
            throw new FormatException($"the list {name} names itself, or lists are nested too deeply");
        }

        _open.Add("list " + name);
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (FalcoValue item in items)
        {
            found.UnionWith(item.IsQuoted ? [item.Text] : List(item.Text));
            if (found.Count > ImportLimits.MaxConditionParts)
            {
                throw new FormatException($"the list {name} has more than {ImportLimits.MaxConditionParts} values");
            }
        }

        _open.RemoveAt(_open.Count - 1);
        return _lists[name] = [.. found];
    }

    private Condition EventType(FalcoCheck check)
    {
        string[] names = Values(check);
        Asked.UnionWith(names);
        return check.Operator switch
        {
            "=" or "in" or "intersects" => Condition.Of(names.Contains(_event.Name)),
            "!=" => Condition.Of(!names.Contains(_event.Name)),
            _ => throw new LackingException(check),
        };
    }

    // Events are told when the call is over. Since 0.42 Falco has no others either.
    private Condition Direction(FalcoCheck check) => (check.Operator, Values(check)) switch
    {
        ("=", ["<"]) or ("!=", [">"]) => Condition.True,
        ("=", [">"]) or ("!=", ["<"]) => Never(EntryEvents),
        _ => throw new LackingException(check),
    };

    private Condition Never(Approximation what)
    {
        Say(what);
        return Condition.False;
    }

    private void Say(Approximation what) => Said.Add(_isNegated ? what.Negated : what);

    private static Approximation EntryEvents { get; } = new(ImportRemarkKind.MeansLess, "evt.dir '>': the entry into a call is no event");

    // Events are counted from 1: asked for 0, it is a way to write true and false.
    private Condition EventNumber(FalcoCheck check) => (check.Operator, Values(check)) switch
    {
        ("=" or "<" or "<=", ["0"]) => Condition.False,
        ("!=" or ">" or ">=", ["0"]) => Condition.True,
        _ => Condition.Lacking("field evt.num"),
    };

    private Condition PeerName(FalcoCheck check)
    {
        bool isApiServer = check.Operator is "=" or "!=" && _event.IsConnection && check.Values is [{ Text: ApiServerName or ApiServerName + ".cluster.local" }];
        if (!isApiServer)
        {
            return _event.Type is null || _event.IsConnection ? Condition.Lacking($"field {check.Field}") : Condition.False;
        }

        var address = (FalcoKnown)FalcoFields.Read(new FalcoField(check.Field.Name[.."fd.sip".Length], null, []), _event);
        Condition test = Condition.Test($"k8s.is_api_server_address({address.Reading.Cel})");
        return check.Operator == "=" ? test : Condition.Not(test);
    }

    // Asked for 'host' only whether there is a container is looked at.
    private static Condition? OnHost(FalcoCheck check) => check.Values is not [{ Text: "host" }] ? null : check.Operator switch
    {
        "=" or "in" => Condition.Test(FalcoFields.OnHost),
        "!=" => Condition.Not(Condition.Test(FalcoFields.OnHost)),
        _ => null,
    };

    private void Count(int more)
    {
        _parts += more;
        if (++_total > ImportLimits.MaxImportSteps)
        {
            throw new FormatException("the files ask for more than can be written out");
        }

        if (_parts > ImportLimits.MaxConditionParts)
        {
            throw new FormatException($"with its macros and lists the condition has more than {ImportLimits.MaxConditionParts} parts");
        }
    }
}
