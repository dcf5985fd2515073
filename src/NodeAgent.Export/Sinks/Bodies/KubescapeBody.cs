// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Bodies;

/// <summary>What Kubescape's HTTP exporter sends: alerts of one container in one envelope, their process trees made one.</summary>
internal sealed class KubescapeBody : IHttpBody
{
    public string ContentType => "application/json";

    public bool MayJoin(AlertMessage first, AlertMessage next)
    {
        RuntimeAlerts a = first.Alert, b = next.Alert;
        return a.Metadata == b.Metadata
            && a.Spec.Alerts[0].ContainerId == b.Spec.Alerts[0].ContainerId
            && IsOneTree(a.Spec.ProcessTree, b.Spec.ProcessTree);
    }

    public byte[] Write(IReadOnlyList<AlertMessage> batch)
    {
        RuntimeAlerts first = batch[0].Alert;
        RuntimeAlerts whole = batch.Count == 1 ? first : first with
        {
            Spec = first.Spec with
            {
                Alerts = [.. batch.Select(message => message.Alert.Spec.Alerts[0])],
                ProcessTree = first.Spec.ProcessTree is { } tree
                    ? tree with { Root = batch.Skip(1).Aggregate(tree.Root, (root, message) => Merge(root, message.Alert.Spec.ProcessTree!.Root)) }
                    : null,
            },
        };
        var body = new ArrayBufferWriter<byte>(4096);
        AlertJson.WriteObject(body, whole);
        return body.WrittenSpan.ToArray();
    }

    private static bool IsOneTree(AlertProcessTree? a, AlertProcessTree? b) =>
        a is null || b is null ? a is null && b is null : a.UniqueId == b.UniqueId && IsOneProcess(a.Root, b.Root);

    private static bool IsOneProcess(AlertProcess a, AlertProcess b) => a.Pid == b.Pid && a.StartTime == b.StartTime;

    private static AlertProcess Merge(AlertProcess a, AlertProcess b)
    {
        var children = new Dictionary<string, AlertProcess>(a.ChildrenMap ?? new Dictionary<string, AlertProcess>());
        foreach ((string key, AlertProcess child) in b.ChildrenMap ?? new Dictionary<string, AlertProcess>())
        {
            // A pid that was used again: the newer process has a place of its own.
            string place = children.TryGetValue(key, out AlertProcess? there) && !IsOneProcess(there, child) ? $"{key}␟{child.StartTime}" : key;
            children[place] = children.TryGetValue(place, out AlertProcess? known) ? Merge(known, child) : child;
        }

        return a with { ChildrenMap = children.Count == 0 ? null : children };
    }
}
