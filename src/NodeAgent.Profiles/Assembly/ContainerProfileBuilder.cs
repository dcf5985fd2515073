// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Capabilities;
using NodeAgent.Events.Syscalls;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Assembly;

/// <summary>Makes the API object of a learned profile: a pure function, every list sorted.</summary>
internal static class ContainerProfileBuilder
{
    private static readonly string Architecture = RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <inheritdoc cref="Spec"/>
    public static ContainerProfile Build(CapturedProfile captured, string clusterName, LiteralPaths? literals = null)
    {
        ContainerProfileSpec spec = Spec(captured, literals, final: false);
        return new ContainerProfile
        {
            Metadata = new ObjectMeta
            {
                Name = captured.Identity.Name,
                Namespace = captured.Identity.Namespace,
                Labels = Labels(captured.Identity),
                Annotations = Annotations(captured, spec, clusterName),
            },
            Spec = spec,
        };
    }

    public static SortedDictionary<string, string> Labels(ProfileIdentity identity)
    {
        string apiVersion = identity.Instance.ApiVersion;
        int slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [KubescapeLabels.ApiGroup] = slash < 0 ? string.Empty : apiVersion[..slash],
            [KubescapeLabels.ApiVersion] = apiVersion[(slash + 1)..],
            [KubescapeLabels.Namespace] = LabelValue.Sanitize(identity.Namespace),
            [KubescapeLabels.Kind] = LabelValue.Sanitize(identity.WorkloadKind),
            [KubescapeLabels.Name] = LabelValue.Sanitize(identity.WorkloadName),
            [KubescapeLabels.ContainerName] = LabelValue.Sanitize(identity.Instance.ContainerName),
        };
        if (identity.TemplateHash.Length > 0)
        {
            labels[KubescapeLabels.TemplateHash] = LabelValue.Sanitize(identity.TemplateHash);
        }

        return labels;
    }

    private static SortedDictionary<string, string> Annotations(CapturedProfile captured, ContainerProfileSpec spec, string clusterName)
    {
        InstanceId id = captured.Identity.Instance;
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [KubescapeAnnotations.Status] = captured.Status,
            [KubescapeAnnotations.Completion] = captured.Reasons == PartialReasons.None ? ProfileCompletion.Complete : ProfileCompletion.Partial,
            [KubescapeAnnotations.InstanceId] = id.ToString(),
            [KubescapeAnnotations.Wlid] = Wlid.Format(clusterName, id.Namespace, captured.Identity.WorkloadKind, captured.Identity.WorkloadName),
            [KubescapeAnnotations.ContainerType] = id.ContainerType.ToFieldName(),
            [KubescapeAnnotations.ResourceSize] = ProfileContent.Findings(spec).ToString(CultureInfo.InvariantCulture),
            [KubescapeAnnotations.SyncChecksum] = ProfileContent.Checksum(spec),
        };
        if (captured.Reasons != PartialReasons.None)
        {
            annotations[KubescapeAnnotations.PartialReason] = captured.Reasons.ToText();
            if (captured.Missed is { } missed)
            {
                annotations[KubescapeAnnotations.PartialWindow] = missed.ToString();
            }
        }

        AddCount(annotations, KubescapeAnnotations.Overflow, captured.Behavior.Overflow);
        AddCount(annotations, KubescapeAnnotations.FailedOpens, captured.Behavior.FailedOpens);
        AddCount(annotations, KubescapeAnnotations.FailedConnects, captured.Behavior.FailedConnects);
        return annotations;
    }

    private static void AddCount(SortedDictionary<string, string> annotations, string key, long count)
    {
        if (count > 0)
        {
            annotations[key] = count.ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <param name="literals">Paths of files that stay as they are: those of the image's SBOM; null = none.</param>
    /// <param name="final">Whether runs of <c>⋯</c> are written <c>*</c>, for a reader who unites it with nothing more.</param>
    public static ContainerProfileSpec Spec(CapturedProfile captured, LiteralPaths? literals = null, bool final = true) => new()
    {
        Architectures = [Architecture],
        Capabilities = NullIfEmpty(NumberSet.Numbers(captured.Behavior.Capabilities).Select(CapabilityNames.Of)),
        Syscalls = NullIfEmpty(NumberSet.Numbers(captured.Behavior.Syscalls).Select(number => SyscallNames.Of(SyscallNames.Native, number))
            .Concat(NumberSet.Numbers(captured.Behavior.CompatSyscalls).Select(number => SyscallNames.Of(SyscallNames.Compat, number)))),
        Execs = Execs(captured.Behavior),
        Opens = Opens(captured.Behavior, literals, final),
        Endpoints = HttpEndpointBuilder.Build(captured.Behavior.Http, captured.Behavior.Collapse.Endpoints, final),
        ImageID = NullIfEmpty(captured.Identity.ImageDigest),
        ImageTag = NullIfEmpty(captured.Identity.Image),
        MatchLabels = captured.Identity.MatchLabels.Count == 0 ? null : captured.Identity.MatchLabels,
        Ingress = NeighborBuilder.Build(captured.Behavior, egress: false, captured.Identity.Namespace),
        Egress = NeighborBuilder.Build(captured.Behavior, egress: true, captured.Identity.Namespace),
        RulePolicies = captured.Behavior.Policies.Length == 0 ? null : new SortedDictionary<string, RulePolicy>(
            captured.Behavior.Policies.ToDictionary(policy => policy.Rule, Policy), StringComparer.Ordinal),
    };

    private static RulePolicy Policy(LearnedPolicy policy) => new()
    {
        ProcessAllowed = policy.Processes is null ? null : [.. policy.Processes.Select(name => Events.Text.ByteText.Decode(name)).Order(StringComparer.Ordinal)],
        ContainerAllowed = policy.Processes is null ? true : null,
    };

    private static List<ExecCalls> Execs(BehaviorSnapshot behavior)
    {
        var execs = new SortedDictionary<string, ExecCalls>(StringComparer.Ordinal);
        foreach (LearnedExec exec in behavior.Execs)
        {
            string path = Encoding.UTF8.GetString(exec.Exe);
            int lists = exec.Argvs?.Length ?? 1;
            for (int i = 0; i < lists; i++)
            {
                string[] args = exec.Argvs is null ? [ExecArguments.Any] : Arguments(exec.Argvs[i]);
                execs[path + "\0" + string.Concat(args.Select(arg => arg + "\0"))] =
                    new ExecCalls { Path = path, Args = args, Envs = NullIfEmpty(exec.EnvironmentOf(i).Variables.Select(Variable)) };
            }
        }

        return [.. execs.Values];
    }

    // A name without a value had too many of them.
    private static string Variable(byte[] variable) =>
        variable.AsSpan().Contains((byte)'=') ? PathText.Argument(variable) : PathText.Argument(variable) + "=" + PathText.Dynamic;

    private static List<OpenCalls> Opens(BehaviorSnapshot behavior, LiteralPaths? literals, bool final)
    {
        var generalizer = new PathGeneralizer<uint>(behavior.Collapse.Opens with { Literals = literals ?? LiteralPaths.None });
        foreach ((byte[] path, uint mask) in behavior.Opens)
        {
            generalizer.Add(Encoding.UTF8.GetString(path), mask);
        }

        IEnumerable<(string Path, uint Mask)> opens = final ? generalizer.Final() : generalizer.Collapse(0).OrderBy(open => open.Path, StringComparer.Ordinal);
        return [.. opens.Select(open => new OpenCalls { Path = open.Path, Flags = OpenFlags.ToNames(open.Mask) })];
    }

    internal static string[] Arguments(ReadOnlySpan<byte> argv)
    {
        var args = new List<string>();
        ReadOnlySpan<byte> rest = argv;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            args.Add(PathText.Argument(end < 0 ? rest : rest[..end]));
            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return [.. args];
    }

    // Null: not known. An older kernel or a sensor that is off must not look like a container that calls nothing.
    private static string[]? NullIfEmpty(IEnumerable<string> names)
    {
        string[] sorted = [.. names.Distinct().Order(StringComparer.Ordinal)];
        return sorted.Length == 0 ? null : sorted;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
