// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Kubernetes.Models;

namespace NodeAgent.Kubernetes.Owners;

/// <summary>Which version of its workload's template a pod was made of, and how its owner is called in the names of profiles.</summary>
public static class TemplateHash
{
    private const string PodTemplate = "pod-template-hash";
    private const string Revision = "controller-revision-hash";
    private const string SafeAlphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <returns>Empty when nothing tells it.</returns>
    public static string Of(V1Pod pod, OwnerName owner)
    {
        ArgumentNullException.ThrowIfNull(pod);
        ArgumentNullException.ThrowIfNull(owner);
        Dictionary<string, string>? labels = pod.Metadata?.Labels;
        return labels?.GetValueOrDefault(PodTemplate) is { Length: > 0 } template ? template
            : labels?.GetValueOrDefault(Revision) is { Length: > 0 } revision ? revision
            : IsScheduled(owner) ? OfSpec(pod.Spec)
            : string.Empty;
    }

    /// <summary>A name that all pods of one version of the workload share: a job's has the template's hash for the time it was due.</summary>
    /// <returns>Empty = the owner's own name.</returns>
    public static string AlternateName(V1Pod pod, OwnerName owner)
    {
        ArgumentNullException.ThrowIfNull(pod);
        ArgumentNullException.ThrowIfNull(owner);
        string? revision = pod.Metadata?.Labels?.GetValueOrDefault(Revision);
        return owner.Kind switch
        {
            "DaemonSet" when !string.IsNullOrEmpty(revision) => $"{owner.Name}-{revision}",
            "StatefulSet" when !string.IsNullOrEmpty(revision) => revision,
            "Job" when IsScheduled(owner) => owner.Name[..(owner.Name.LastIndexOf('-') + 1)] + OfSpec(pod.Spec),
            _ => string.Empty,
        };
    }

    // The CronJob controller calls its jobs NAME-MINUTES, in minutes since 1970.
    private static bool IsScheduled(OwnerName owner)
    {
        int dash = owner.Name.LastIndexOf('-');
        return owner.Kind == "Job" && dash > 0 && long.TryParse(owner.Name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long minutes) && minutes > 0;
    }

    /// <summary>FNV-1a of what the containers are and run, in letters that make no words.</summary>
    private static string OfSpec(V1PodSpec? spec)
    {
        uint hash = 2166136261;
        foreach (V1Container? container in (spec?.InitContainers ?? []).Concat(spec?.Containers ?? []))
        {
            Add(ref hash, container?.Name);
            Add(ref hash, container?.Image);
            AddAll(ref hash, container?.Command);
            AddAll(ref hash, container?.Args);
        }

        return string.Concat(hash.ToString(CultureInfo.InvariantCulture).Select(digit => SafeAlphabet[digit % SafeAlphabet.Length]));
    }

    private static void AddAll(ref uint hash, List<string>? texts)
    {
        foreach (string text in texts ?? [])
        {
            Add(ref hash, text);
        }

        Add(ref hash, "\u0001");
    }

    private static void Add(ref uint hash, string? text)
    {
        foreach (byte value in Encoding.UTF8.GetBytes((text ?? string.Empty) + "\0"))
        {
            hash = (hash ^ value) * 16777619;
        }
    }
}
