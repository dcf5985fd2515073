// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Kubernetes.Models;

namespace NodeAgent.Cluster;

/// <summary>What the status of an object of ours says already, and the patch that makes it say what is true now. Source: the API conventions, "Typical status properties".</summary>
internal sealed class StatusConditions(V1CustomObject item, DateTimeOffset now)
{
    private const int LongestMessage = 2048;

    private readonly RulesStatus? _known = StatusOf(item);

    /// <returns>Its time is the last at which it changed.</returns>
    public Condition Make(string type, bool holds, string reason, string message)
    {
        string status = holds ? "True" : "False";
        Condition? before = _known?.Conditions?.FirstOrDefault(one => one?.Type == type);
        return new Condition
        {
            Type = type,
            Status = status,
            ObservedGeneration = item.Metadata?.Generation,
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            Reason = reason,
            Message = message.Length <= LongestMessage ? message : message[..LongestMessage],
        };
    }

    /// <returns>The condition as it stands there about this generation; null when none does.</returns>
    public Condition? FindCurrent(string type) =>
        _known?.Conditions?.FirstOrDefault(one => one?.Type == type) is { } known && known.ObservedGeneration == item.Metadata?.Generation ? known : null;

    /// <returns>The merge patch of the status, with what others say there; null when it says so already.</returns>
    public byte[]? Patch(params Condition[] conditions)
    {
        if (_known is not null && _known.ObservedGeneration == item.Metadata?.Generation && conditions.All(one => _known.Conditions!.Contains(one)))
        {
            return null;
        }

        IEnumerable<Condition> others = (_known?.Conditions ?? []).Where(one => one is not null && !conditions.Any(ours => ours.Type == one.Type));
        var status = new RulesStatus { ObservedGeneration = item.Metadata?.Generation, Conditions = [.. others, .. conditions] };
        return Encoding.UTF8.GetBytes(new JsonObject { ["status"] = JsonSerializer.SerializeToNode(status, RuleJsonContext.Readable.RulesStatus) }.ToJsonString());
    }

    private static RulesStatus? StatusOf(V1CustomObject item)
    {
        try
        {
            RulesStatus? status = item.Status?.Deserialize(RuleJsonContext.Readable.RulesStatus);
            return status?.Conditions is null ? null : status;
        }
        catch (JsonException)
        {
            return null; // Somebody else's; ours goes over it.
        }
    }
}
