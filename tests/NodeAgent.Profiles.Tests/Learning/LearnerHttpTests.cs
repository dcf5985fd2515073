// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Learning;
using NodeAgent.TestSupport;

namespace NodeAgent.Profiles.Tests.Learning;

/// <summary>HTTP requests as endpoints of the profile.</summary>
public sealed class LearnerHttpTests : IDisposable
{
    private const string Peer = "10.1.2.3";
    private const string Outside = "203.0.113.9";

    private readonly string _directory = Directory.CreateTempSubdirectory("na-profiles-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Requests_ServedAndMade_AreEndpointsWithMethodsAndHosts()
    {
        IReadOnlyList<HttpEndpoint>? endpoints = await Learn((source, c) =>
        {
            Served(source, c, "GET /a?q=1 HTTP/1.1\r\nHost: B.test\r\nAccept: */*\r\n\r\n");
            Served(source, c, "POST /a HTTP/1.1\r\nhost: a.test:8080\r\n\r\n");
            Served(source, c, "GET /a HTTP/1.1\r\nHost: b.test\r\n\r\n");
            Served(source, c, "GET /old HTTP/1.0\r\n\r\n");
            Made(source, c, "GET http://proxy.test/x HTTP/1.1\r\nHost: proxy.test\r\n\r\n");
            Made(source, c, "CONNECT tunnel.test:443 HTTP/1.1\r\n\r\n");
            Made(source, c, "OPTIONS * HTTP/1.1\r\nHost: star.test\r\n\r\n");
        });
        Assert.Equal(
            [
                "inbound True :8080/a GET,POST {\"Host\":[\"a.test:8080\",\"b.test\"]}",
                "inbound True :8080/old GET ",
                "outbound False :80/ CONNECT,OPTIONS {\"Host\":[\"star.test\",\"tunnel.test:443\"]}",
                "outbound False :80/x GET {\"Host\":[\"proxy.test\"]}",
            ],
            Text(endpoints));
    }

    [Fact]
    public async Task Responses_CutAndHostileHeads_TeachNothing()
    {
        IReadOnlyList<HttpEndpoint>? endpoints = await Learn((source, c) =>
        {
            source.Payload(c, FlowDirection.Outbound, Peer, 8080, 999, "HTTP/1.1 200 OK\r\n\r\n", PayloadProtocol.HttpResponse);
            source.Payload(c, FlowDirection.Unknown, Peer, 8080, 999, "GET /unknown-side HTTP/1.1\r\n\r\n");
            Served(source, c, "GET /cut-in-the-targ");
            Served(source, c, "GET /no-version\r\n\r\n");
            Served(source, c, "BREW /pot HTTP/1.1\r\n\r\n");
            Served(source, c, "GET /control\u0001 HTTP/1.1\r\n\r\n");
            Served(source, c, "GET /host HTTP/1.1\r\nHost: \u00e9.test\r\n\r\n");
            Served(source, c, $"GET /long HTTP/1.1\r\nHost: {new string('h', 300)}\r\n\r\n");
            Served(source, c, string.Empty);
        });
        Assert.Null(endpoints);
    }

    [Fact]
    public async Task Paths_ThatAreWildcardsOrNoText_AreEscaped()
    {
        IReadOnlyList<HttpEndpoint>? endpoints = await Learn((source, c) =>
        {
            Served(source, c, "GET /* HTTP/1.1\r\nHost: *\r\n\r\n");
            Served(source, c, "GET /\u00e2\u008b\u00af/x HTTP/1.1\r\n\r\n"); // the bytes of U+22EF
            Served(source, c, "GET /\u00ff HTTP/1.1\r\n\r\n");
        });
        Assert.Equal(
            ["inbound True :8080/\\x2A GET {\"Host\":[\"\\\\x2A\"]}", "inbound True :8080/\\xE2\\x8B\\xAF/x GET ", "inbound True :8080/\\xFF GET "],
            Text(endpoints).Select(text => text.Replace("\\u005Cx", "\\\\x", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Paths_MoreThanAHundredInOnePlace_AreOnePattern()
    {
        IReadOnlyList<HttpEndpoint>? endpoints = await Learn((source, c) =>
        {
            for (int i = 0; i <= 100; i++)
            {
                Served(source, c, $"GET /users/{i}/name HTTP/1.1\r\nHost: a\r\n\r\n");
            }
        });
        Assert.Equal(["inbound True :8080/users/⋯/name GET {\"Host\":[\"a\"]}"], Text(endpoints));
    }

    [Fact]
    public async Task HostsAndPorts_WithoutEnd_BecomeAny()
    {
        IReadOnlyList<HttpEndpoint>? endpoints = await Learn((source, c) =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Served(source, c, $"GET / HTTP/1.1\r\nHost: {i}.test\r\n\r\n");
                source.Payload(c, FlowDirection.Outbound, Outside, 999, (ushort)(i + 1), "GET /metrics HTTP/1.1\r\nHost: m\r\n\r\n");
            }
        });
        Assert.Equal(["inbound True :0/ GET {\"Host\":[\"*\"]}", "outbound False :0/metrics GET {\"Host\":[\"m\"]}"], Text(endpoints));
    }

    [Fact]
    public async Task Paths_WithoutEnd_StayWithinTheBounds()
    {
        var bounds = new ProfileBounds();
        var set = new HttpServiceSet(bounds, () => CollapseRules.Default.Endpoints);
        var random = new Random(7);
        for (int i = 0; i < 200_000; i++)
        {
            byte[] path = System.Text.Encoding.ASCII.GetBytes($"/{random.Next(50)}/{random.Next()}/{random.Next()}");
            set.At(new HttpServiceKey((ushort)random.Next(100), i % 2 == 0, i % 3 == 0)).Add(path, 1);
        }

        Assert.InRange(set.PathCount, 1, 4 * bounds.MaxHttpPaths);
        Assert.Equal(4, set.ToArray().Length);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Known_Request_AllocatesNothing()
    {
        await using ProfileLearner learner = EventSource.Learner();
        ContainerInfo c = new EventSource(learner).Container();
        byte[] text = "GET /a?b HTTP/1.1\r\nHost: b.test\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"u8.ToArray();
        var record = new PayloadRecord
        {
            Header = new HeaderRecord { Kind = EventKind.Payload, TimeNs = 1000 * EventSource.Second, Pid = 1 },
            Family = 2,
            LocalPort = 80,
            Direction = FlowDirection.Inbound,
            Protocol = PayloadProtocol.HttpRequest,
            Payload = new WireString { Length = (ushort)text.Length },
        };
        var subject = new EventSubject { Container = c };
        void Request() => learner.OnPayload(new PayloadEvent(in record, text), subject);
        for (int i = 0; i < 1000; i++)
        {
            Request();
        }

        Assert.Equal(0, Allocations.Least(Request));
        Assert.True(learner.TryGetProfile(c, out _));
    }

    [Fact]
    public async Task Headers_ThatProfilesKeep_AreUnited()
    {
        IReadOnlyList<HttpEndpoint>? endpoints = await Learn((source, c) =>
        {
            Served(source, c, "GET /a HTTP/1.1\r\nHost: a\r\naccept-encoding: gzip, br\r\nCookie: secret\r\nUpgrade-Insecure-Requests: 1\r\n\r\n");
            Served(source, c, "GET /a HTTP/1.1\r\nHost: a\r\nAccept-Encoding: identity\r\nConnection: keep-alive\r\nConnection: x\r\n\r\n");
            Served(source, c, "GET /a HTTP/1.1\r\nHost: a\r\nAccept-Language: e"); // cut off
        });
        Assert.Equal(
            ["inbound True :8080/a GET {\"Accept-Encoding\":[\"gzip, br\",\"identity\"],\"Connection\":[\"keep-alive\",\"x\"],\"Host\":[\"a\"],\"Upgrade-Insecure-Requests\":[\"1\"]}"],
            Text(endpoints));
    }

    [Fact]
    public async Task Headers_TooManyOrTooLong_AreAny()
    {
        IReadOnlyList<HttpEndpoint>? endpoints = await Learn((source, c) =>
        {
            for (int i = 0; i < 8; i++)
            {
                Served(source, c, $"GET / HTTP/1.1\r\nAccept-Language: l{i}\r\n\r\n");
            }

            Served(source, c, $"GET / HTTP/1.1\r\nAccept-Encoding: {new string('x', 200)}\r\nConnection: *\r\n\r\n");
        });
        Assert.Equal(
            ["inbound True :8080/ GET {\"Accept-Encoding\":[\"*\"],\"Accept-Language\":[\"*\"],\"Connection\":[\"\\\\x2A\"]}"],
            Text(endpoints).Select(text => text.Replace("\\u005Cx", "\\\\x", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Checkpoint_KeepsEndpoints()
    {
        await LearnAndStop();
        Assert.Equal(["inbound True :8080/a GET {\"Connection\":[\"close\"],\"Host\":[\"a\"]}", "inbound True :8080/b GET {\"Host\":[\"b\"]}"], Text(await Continue()));
    }

    private async Task LearnAndStop()
    {
        await using ProfileLearner first = EventSource.Learner(EventSource.Options(_directory));
        var source = new EventSource(first);
        Served(source, source.Container(), "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        source.Tick(60);
    }

    private async Task<IReadOnlyList<HttpEndpoint>?> Continue()
    {
        await using ProfileLearner second = EventSource.Learner(EventSource.Options(_directory));
        var later = new EventSource(second);
        Served(later, later.Container(fromStart: false), "GET /b HTTP/1.1\r\nHost: b\r\n\r\n");
        return await Complete(second, later);
    }

    private static void Served(EventSource source, ContainerInfo container, string text) =>
        source.Payload(container, FlowDirection.Inbound, Peer, 8080, 999, text);

    private static void Made(EventSource source, ContainerInfo container, string text) =>
        source.Payload(container, FlowDirection.Outbound, Outside, 999, 80, text);

    private static string[] Text(IReadOnlyList<HttpEndpoint>? endpoints) =>
        [.. (endpoints ?? []).Select(e => $"{e.Direction} {e.Internal} {e.Endpoint} {string.Join(',', e.Methods!)} {e.Headers?.GetRawText()}").Order(StringComparer.Ordinal)];

    private static async Task<IReadOnlyList<HttpEndpoint>?> Learn(Action<EventSource, ContainerInfo> play)
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Exec(container, "/bin/sh", "sh");
        play(source, container);
        return await Complete(learner, source);
    }

    private static async Task<IReadOnlyList<HttpEndpoint>?> Complete(ProfileLearner learner, EventSource source)
    {
        source.Tick();
        source.Tick(101);
        return (await Published.OnlyAsync(learner)).Spec!.Endpoints;
    }
}
