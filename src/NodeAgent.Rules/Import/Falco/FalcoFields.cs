// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>What a field is on an event: a reading, never there, or unknown to us.</summary>
internal abstract record FalcoFieldAnswer
{
    /// <summary>Falco has no such value on this event: each comparison is false.</summary>
    public static FalcoFieldAnswer Absent { get; } = new FalcoAbsent();

    public static implicit operator FalcoFieldAnswer(FalcoReading reading) => new FalcoKnown(reading);

    public static FalcoFieldAnswer Unknown(string what) => new FalcoUnknown(what);
}

internal sealed record FalcoAbsent : FalcoFieldAnswer;

internal sealed record FalcoKnown(FalcoReading Reading) : FalcoFieldAnswer;

internal sealed record FalcoUnknown(string What) : FalcoFieldAnswer;

/// <summary>The fields of Falco that our events carry, by the event.</summary>
/// <remarks>Source: Falco's list of supported fields.</remarks>
internal static partial class FalcoFields
{
    private static readonly Approximation UserNames = new(
        ImportRemarkKind.MeansMore, "user and group names are not known: root is whoever has the id 0");

    private static readonly Approximation ListedVariables = new(
        ImportRemarkKind.MeansLess, "of the environment, only the variables of the setting bpf.environmentNames are known");

    private static readonly Approximation ResolvedPath = new(
        ImportRemarkKind.MeansLess, "the path of a file is known as the kernel resolved it, not as the caller wrote it");

    public static FalcoFieldAnswer Read(FalcoField field, FalcoEvent @event)
    {
        string[] parts = field.Name.Split('.', 2);
        return parts[0] switch
        {
            "proc" or "thread" => Process(field),
            "user" or "group" => User(field.Name),
            "container" or "k8s" => Container(field),
            "fd" => File(field.Name, @event),
            "fs" => Changed(field.Name, @event),
            "evt" => Event(field, @event),
            _ => Lacking(field),
        };
    }

    private static FalcoFieldAnswer Lacking(FalcoField field) =>
        FalcoFieldAnswer.Unknown($"field {(field.Argument is null ? field.Name : $"{field.Name}[{field.Argument}]")}");

    private static FalcoFieldAnswer Lacking(string name) => FalcoFieldAnswer.Unknown($"field {name}");

    private static FalcoFieldAnswer User(string name) => name switch
    {
        "user.uid" => FalcoReading.Number("event.uid"),
        "group.gid" => FalcoReading.Number("event.gid"),
        "user.name" => new FalcoReading(FalcoKind.Named, "event.uid") { Names = RootOnly, Remark = UserNames, NeverNamed = OtherName },
        "group.name" => new FalcoReading(FalcoKind.Named, "event.gid") { Names = RootOnly, Remark = UserNames, NeverNamed = OtherName },
        _ => Lacking(name),
    };

    private static Approximation? OtherName(string name) => name == "root" ? null
        : new Approximation(ImportRemarkKind.MeansLess, $"user and group names are not known: nobody is taken for '{name}'");

    private static Dictionary<string, long> RootOnly { get; } = new(StringComparer.Ordinal) { ["root"] = 0 };

    // The name of an image without tag and digest, as Falco's repository is.
    private const string Image = "image.name.split('@')[0]";
    private const string HasTag = $"{Image}.lastIndexOf(':') > {Image}.lastIndexOf('/')";

    /// <summary>Holds of what is in no container.</summary>
    public const string OnHost = "container.kind in ['Host', 'SystemdUnit', 'Cgroup']";

    private static FalcoFieldAnswer Container(FalcoField field) => field.Name switch
    {
        "container.id" => FalcoReading.Text($"({OnHost} ? 'host' : container.id.size() > 12 ? container.id.substring(0, 12) : container.id)"),
        "container.full_id" => FalcoReading.Text($"({OnHost} ? 'host' : container.id)"),
        "container.name" => FalcoReading.Text($"({OnHost} ? 'host' : container.name)", $"({OnHost} || container.name != '')"),
        "container.image" => FalcoReading.Text("image.name", "image.name != ''"),
        "container.image.repository" => FalcoReading.Text($"({HasTag} ? {Image}.substring(0, {Image}.lastIndexOf(':')) : {Image})", "image.name != ''"),
        "container.image.tag" => FalcoReading.Text($"({HasTag} ? {Image}.substring({Image}.lastIndexOf(':') + 1) : '')", $"{HasTag}"),
        "container.image.digest" => FalcoReading.Text("image.digest", "image.digest != ''"),
        "container.privileged" => FalcoReading.Bool("container.privileged", "container.configurationKnown"),
        "container.host_network" => FalcoReading.Bool("container.hostNetwork", "container.configurationKnown"),
        "container.host_pid" => FalcoReading.Bool("container.hostPid", "container.configurationKnown"),
        "k8s.ns.name" => FalcoReading.Text("pod.namespace", "pod.name != ''"),
        "k8s.pod.name" => FalcoReading.Text("pod.name", "pod.name != ''"),
        "k8s.pod.uid" => FalcoReading.Text("pod.uid", "pod.uid != ''"),
        "k8s.pod.label" when field.Argument is { } label => Label(label),
        _ when field.Name.StartsWith("k8s.pod.label.", StringComparison.Ordinal) => Label(field.Name["k8s.pod.label.".Length..]),
        _ => Lacking(field),
    };

    private static FalcoReading Label(string label) =>
        FalcoReading.Text($"({CelLiteral.Of(label)} in pod.labels ? pod.labels[{CelLiteral.Of(label)}] : '')", $"({CelLiteral.Of(label)} in pod.labels)");
}
