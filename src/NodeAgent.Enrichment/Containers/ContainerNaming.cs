// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>The identity of a unit in stand-alone terms, until somebody knows its Kubernetes owner.</summary>
public static class ContainerNaming
{
    public const string StandaloneNamespace = "default";
    private const int ShortIdLength = 12;
    private const int MaxNameLength = 200;
    private const int HashLength = 8;

    public static ContainerIdentity Identify(in CgroupUnit unit, string hostName)
    {
        string name = unit.Kind switch
        {
            UnitKind.Host => hostName,
            UnitKind.Container when unit.Name.Length == 0 => unit.ContainerId[..ShortIdLength],
            _ => unit.Name,
        };
        return new ContainerIdentity
        {
            Kind = unit.Kind,
            Runtime = unit.Runtime,
            ContainerId = unit.ContainerId,
            ContainerName = name,
            PodUid = unit.PodUid,
            Workload = Standalone(unit.Kind, name),
        };
    }

    public static WorkloadIdentity Standalone(UnitKind kind, string name) => kind == UnitKind.Unknown
        ? WorkloadIdentity.Unknown
        : new WorkloadIdentity("v1", kind.ToString(), StandaloneNamespace, Sanitise(name));

    /// <summary>Makes a name that Kubernetes takes for an object, and that stays itself when it already was one.</summary>
    /// <returns>
    /// Shape: <c>[a-z0-9]([a-z0-9.-]*[a-z0-9])?</c>, at most 209 characters. Upper case is lowered and <c>/ @ : _</c> become <c>-</c>;
    /// a name that loses more than that gets a hash of the original, so that two names do not fall together.
    /// </returns>
    public static string Sanitise(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var text = new StringBuilder(Math.Min(name.Length, MaxNameLength));
        bool lost = name.Length > MaxNameLength;
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, MaxNameLength)))
        {
            char lower = char.ToLowerInvariant(c);
            bool kept = char.IsAsciiLetterLower(lower) || char.IsAsciiDigit(lower) || lower is '.' or '-';
            lost |= !kept && c is not ('/' or '@' or ':' or '_');
            text.Append(kept ? lower : '-');
        }

        string trimmed = text.ToString().Trim('-', '.');
        if (!lost && trimmed.Length != 0)
        {
            return trimmed;
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashLength];
        return trimmed.Length == 0 ? $"x-{hash}" : $"{trimmed}-{hash}";
    }
}
