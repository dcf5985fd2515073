// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Tests.Laws;

/// <summary>One thing that a container did.</summary>
internal abstract record Deed
{
    public sealed record Exec(string Path, string[] Arguments, string[] Environment) : Deed;

    public sealed record Open(string Path, uint Flags) : Deed;

    public sealed record Call(NetAddress Address, ushort Port, TransportProtocol Protocol, string? Name) : Deed;

    public sealed record Ask(string Name) : Deed;

    public sealed record Failure(string Path) : Deed;

    public sealed record Syscall(uint Number, bool Compat) : Deed;

    public sealed record Capability(uint Number) : Deed;

    public sealed record Policy(string Rule, string Process) : Deed;

    public sealed record Request(HttpServiceKey Service, string Path, uint Method, string Host, int Header, string Value) : Deed;
}

/// <summary>Random behaviours from few words, so that they meet.</summary>
internal static class Behaviors
{
    public static ProfileBounds Wide { get; } = new();

    /// <summary>So tight that almost every behaviour is over it.</summary>
    public static ProfileBounds Tight { get; } = new() { MaxExecs = 14, MaxArgumentLists = 2, MaxOpens = 12, MaxEndpoints = 16, MaxNames = 5, MaxBytes = 600, MaxHttpServices = 4, MaxHttpPaths = 6, MaxHttpBytes = 120 };

    public static Deed[] Random(Random random, int most, int variety) =>
        [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => One(random, variety))];

    public static LearnedBehavior Learn(ProfileBounds bounds, IEnumerable<Deed> deeds)
    {
        var behavior = new LearnedBehavior(bounds);
        foreach (Deed deed in deeds)
        {
            Learn(behavior, deed);
        }

        return behavior;
    }

    public static LearnedBehavior Merge(ProfileBounds bounds, params LearnedBehavior[] parts)
    {
        var merged = new LearnedBehavior(bounds);
        Array.ForEach(parts, part => merged.Unite(part.Capture()));
        return merged;
    }

    /// <returns>All that a behaviour holds, in one order.</returns>
    public static string Text(LearnedBehavior behavior)
    {
        BehaviorSnapshot s = behavior.Capture();
        IEnumerable<string> lines =
        [
            .. s.Execs.Select(e => $"exec {Hex(e.Exe)} {(e.Argvs is null ? "any" : string.Join(',', e.Argvs.Select((argv, i) => Hex(argv) + Environment(e.EnvironmentOf(i))).Order(StringComparer.Ordinal)))} {Environment(e.EnvironmentOf(0), e.Argvs is null)}"),
            .. s.Opens.Select(o => $"open {Hex(o.Key)} {o.Value:x}"),
            .. s.Endpoints.Select(e => $"peer {e.Key} {e.Value}"),
            .. s.Names.Select(n => $"name {Hex(n)}"),
            $"calls {Words(s.Syscalls)} 32-bit {Words(s.CompatSyscalls)} capabilities {Words(s.Capabilities)}",
            .. s.Http.Select(service => $"http {service.Key} level {service.PathLevel} {string.Join(' ', Requests(service).Order(StringComparer.Ordinal))}"),
            .. s.Policies.Select(p => $"policy {p.Rule} {(p.Processes is null ? "any" : string.Join(',', p.Processes.Select(Hex).Order(StringComparer.Ordinal)))}"),
            $"levels {s.HttpLevel} {s.ExecLevel} {s.OpenLevel} {s.EndpointLevel} failed {s.FailedOpens} {s.FailedConnects} over {s.Overflow}",
        ];
        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    public static ContainerProfileSpec Spec(LearnedBehavior behavior) => ContainerProfileBuilder.Spec(
        new CapturedProfile(Identity(), ProfileStatus.Completed, false, 0, PartialReasons.None, PartialReasons.None, behavior.Capture()));

    public static bool Covers(CompletedProfile profile, Deed deed) => deed switch
    {
        Deed.Exec exec => profile.WasExecuted(exec.Path) && profile.WasExecuted(Utf8(exec.Path)) && profile.WasExecutedWithArgs(exec.Path, exec.Arguments),
        Deed.Open open => profile.WasOpened(Utf8(open.Path)) && profile.WasOpened(open.Path, open.Flags) && profile.WasOpened(Utf8(open.Path), open.Flags),
        Deed.Call call => profile.IsAddressInEgress(call.Address, call.Port, call.Protocol),
        Deed.Ask ask => profile.IsDomainInEgress(ask.Name),
        _ => true,
    };

    private static void Learn(LearnedBehavior behavior, Deed deed)
    {
        switch (deed)
        {
            case Deed.Exec exec:
                behavior.Execs.Add(Written(exec.Path), Strings(exec.Arguments), any: false, Strings(exec.Environment));
                break;
            case Deed.Open open:
                behavior.Opens.Add(Written(open.Path), OpenFlags.ToMask(open.Flags));
                break;
            case Deed.Call call:
                behavior.Endpoints.Add(true, call.Address, call.Port, call.Protocol, call.Name);
                break;
            case Deed.Ask ask:
                behavior.Names.Add(Utf8(ask.Name));
                break;
            case Deed.Failure failure:
                behavior.AddFailedOpen(Utf8(failure.Path));
                break;
            case Deed.Syscall call:
                (call.Compat ? behavior.CompatSyscalls : behavior.Syscalls).Add(call.Number);
                break;
            case Deed.Request request:
                HttpService at = behavior.Http.At(request.Service);
                at.Add(Written(request.Path), at.MaskOf(request.Method, Utf8(request.Host)) | at.MaskOf(request.Header, Utf8(request.Value)));
                break;
            case Deed.Policy policy:
                behavior.Policies.Add(policy.Rule, Utf8(policy.Process));
                break;
            case Deed.Capability capability:
                behavior.Capabilities.Add(capability.Number);
                break;
            default:
                throw new InvalidOperationException();
        }
    }

    private static Deed One(Random random, int variety) => random.Next(14) switch
    {
        13 => new Deed.Policy($"R{random.Next(2)}", "p" + random.Next(120)),
        11 or 12 => new Deed.Request(
            new HttpServiceKey((ushort)random.Next(80, 83), random.Next(2) == 0, random.Next(2) == 0), Path(random, variety), 1u << random.Next(HttpMethods.Count),
            random.Next(4) == 0 ? string.Empty : Word(random, variety) + ".example.com",
            random.Next(HttpHeaders.Names.Count), random.Next(2) == 0 ? string.Empty : Word(random, variety)),
        9 => new Deed.Syscall((uint)random.Next(1100), random.Next(3) == 0),
        10 => new Deed.Capability((uint)random.Next(70)),
        0 or 1 => new Deed.Exec(random.Next(9) == 0 ? "memfd:" + Word(random, variety) : Path(random, variety), [.. Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(5) == 0 ? string.Empty : Word(random, variety))],
            random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"V{random.Next(3)}={random.Next(variety)}")]),
        2 or 3 or 4 => new Deed.Open(Path(random, variety), random.Next(4) == 0 ? (uint)random.Next() : (uint)random.Next(3)),
        5 or 6 => new Deed.Call(Address(random, variety), (ushort)random.Next(1, 4), random.Next(2) == 0 ? TransportProtocol.Tcp : TransportProtocol.Udp, random.Next(2) == 0 ? null : Word(random, 3) + ".example.com."),
        7 => new Deed.Ask(string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => ((char)('a' + random.Next(variety % 26))).ToString()))),
        _ => new Deed.Failure(Path(random, variety)),
    };

    private static string Path(Random random, int variety) => random.Next(25) switch
    {
        0 => "/",
        1 => "/proc/" + random.Next(100),
        2 => $"/proc/{random.Next(100)}/task/{random.Next(9)}/stat",
        _ => "/" + string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(depth => depth == 0 && random.Next(2) == 0 ? "etc" : Word(random, variety))),
    };

    private static string Word(Random random, int variety) => random.Next(60) switch { 0 => "*", 1 => "⋯", 2 => "é", 3 => "⋯⋯", 4 => "apache2", _ => "w" + random.Next(variety) };

    private static NetAddress Address(Random random, int variety) => random.Next(3) == 0
        ? new NetAddress((UInt128.One << 125) + (UInt128)(uint)random.Next(variety), true)
        : new NetAddress((uint)((10 << 24) + (random.Next(variety) * 199)), false);

    // Bits of hosts and headers depend on the order in which they came; their texts do not.
    private static IEnumerable<string> Requests(HttpServiceSnapshot service) => service.Paths.Select(path =>
        $"{Hex(path.Key)} {path.Value & HttpMethods.All:x} {Texts(HttpService.HostBits(), path.Value, service.Hosts)} "
        + string.Join(' ', HttpService.HeaderBits().Select((header, i) => Texts(header, path.Value, service.HeaderAt(i)))));

    private static string Texts(NamedBits bits, ulong mask, BitTexts texts) =>
        bits.TextsOf(mask, texts) is { } some ? string.Join(',', some.Select(Hex).Order(StringComparer.Ordinal)) : "any";

    private static string Environment(EnvironmentSet environment, bool isShown = true) =>
        isShown && environment.Variables.Length > 0 ? " with " + string.Join(',', environment.Variables.Select(Encoding.UTF8.GetString)) : string.Empty;

    private static byte[] Strings(string[] texts) => [.. texts.SelectMany(text => Utf8(text).Append((byte)0))];

    private static string Words(ulong[] words) => string.Join(',', words.Select(word => word.ToString("x", System.Globalization.CultureInfo.InvariantCulture)));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Written(string path) => Utf8(PathText.FromBytes(Utf8(path)));

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static ProfileIdentity Identity() => ProfileIdentity.From(new InstanceId
    {
        ApiVersion = "apps/v1",
        Namespace = "default",
        Kind = "ReplicaSet",
        Name = "web",
        ContainerName = "nginx",
    });
}
