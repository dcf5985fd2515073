// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using NodeAgent.Cel.Values;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Compilation;

/// <summary>What a rule's <c>state</c>, or a binding's <c>parameters</c>, leave out before the expression is asked. Immutable.</summary>
/// <remarks>Keys: <c>ignorePrefixes, includePrefixes, ports, direction, methods, excludeProcesses, excludeParentProcesses</c>; others are the rule's own. Source: Kubescape's rules.</remarks>
internal sealed class Prefilter
{
    private byte[][] _ignored = [];
    private byte[][] _included = [];
    private HashSet<int>? _ports;
    private CelText _direction;
    private CelText[] _methods = [];
    private ExcludedProcess[] _excluded = [];
    private ExcludedProcess[] _excludedParents = [];

    private Prefilter()
    {
    }

    /// <param name="state">Of the rule.</param>
    /// <param name="parameters">Of the binding: each key takes the place of the state's.</param>
    /// <param name="fault">What is wrong; null = nothing.</param>
    /// <returns>Null: nothing is left out.</returns>
    public static Prefilter? Parse(JsonElement? state, JsonElement? parameters, out string? fault)
    {
        fault = null;
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonElement? one in (JsonElement?[])[state, parameters])
        {
            if (one is not { } element || element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            {
                continue;
            }

            if (element.ValueKind != JsonValueKind.Object)
            {
                fault = "is no object";
                return null;
            }

            foreach (JsonProperty property in element.EnumerateObject())
            {
                values[property.Name] = property.Value;
            }
        }

        var made = new Prefilter();
        bool any = false;
        foreach ((string key, JsonElement value) in values)
        {
            try
            {
                any |= made.Take(key, value);
            }
            catch (Exception e) when (e is InvalidOperationException or FormatException)
            {
                fault = $"{key}: {value.GetRawText()} is not of the shape that it must have";
                return null;
            }
        }

        return any ? made : null;
    }

    public bool Passes(EventScope scope)
    {
        EventObject @event = scope.Event;
        return PassesPath(@event)
            && (_ports is null || !HasPeer(@event) || _ports.Contains(@event.RemotePort))
            && (_direction.Length == 0 || @event.Direction.Length == 0 || @event.Direction == _direction)
            && (_methods.Length == 0 || @event.EventType != RuleEventType.Http || Array.IndexOf(_methods, scope.Http.Request.Method) >= 0)
            && !(_excluded.Length > 0 && IsExcluded(_excluded, @event.Comm, @event.ExePath))
            && !(_excludedParents.Length > 0 && scope.Context.Process.Parent is { } parent && IsExcluded(_excludedParents, scope.Arena.Copy(parent.Comm), scope.Arena.Copy(parent.ExePath)));
    }

    private static bool HasPeer(EventObject @event) => @event.EventType is RuleEventType.Network or RuleEventType.Ssh or RuleEventType.Http;

    private bool PassesPath(EventObject @event)
    {
        if (_ignored.Length == 0 && _included.Length == 0)
        {
            return true;
        }

        ReadOnlySpan<byte> path = @event.FilePath.Span;
        return path.IsEmpty || (!StartsWithAny(path, _ignored) && (_included.Length == 0 || StartsWithAny(path, _included)));
    }

    private static bool StartsWithAny(ReadOnlySpan<byte> path, byte[][] prefixes)
    {
        foreach (byte[] prefix in prefixes)
        {
            if (path.StartsWith(prefix))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsExcluded(ExcludedProcess[] excluded, CelText comm, CelText path)
    {
        foreach (ExcludedProcess one in excluded)
        {
            if ((one.Name.Length == 0 || one.Name == comm) && (one.Path.Length == 0 || one.Path == path))
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>False for a key that leaves out nothing.</returns>
    private bool Take(string key, JsonElement value)
    {
        switch (key)
        {
            case "ignorePrefixes":
                _ignored = [.. Texts(value).Select(Encoding.UTF8.GetBytes)];
                return _ignored.Length > 0;
            case "includePrefixes":
                _included = [.. Texts(value).Select(Encoding.UTF8.GetBytes)];
                return _included.Length > 0;
            case "ports":
                _ports = [.. value.EnumerateArray().Select(port => port.GetInt32())];
                return true;
            case "direction":
                _direction = CelText.Of(Text(value).ToLowerInvariant());
                return _direction.Length > 0;
            case "methods":
                _methods = [.. Texts(value).Select(CelText.Of)];
                return _methods.Length > 0;
            case "excludeProcesses":
                _excluded = Processes(value);
                return _excluded.Length > 0;
            case "excludeParentProcesses":
                _excludedParents = Processes(value);
                return _excludedParents.Length > 0;
            default:
                return false;
        }
    }

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(Text)];

    private static string Text(JsonElement element) => element.GetString() ?? throw new FormatException();

    // One that names nothing would be every process.
    private static ExcludedProcess[] Processes(JsonElement list) =>
    [
        .. list.EnumerateArray()
            .Select(one => new ExcludedProcess(Optional(one, "name"), Optional(one, "path")))
            .Select(one => one.Name.Length + one.Path.Length > 0 ? one : throw new FormatException()),
    ];

    private static CelText Optional(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? CelText.Of(Text(value)) : default;

    /// <summary>What is empty may be anything.</summary>
    private sealed record ExcludedProcess(CelText Name, CelText Path);
}
