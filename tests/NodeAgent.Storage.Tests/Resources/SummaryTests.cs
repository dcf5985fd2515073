// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Resources;

/// <summary>Kinds that are computed from all objects of a namespace.</summary>
public abstract class SummaryTests(TestEngine engine)
{
    private const string Root = ServerFixture.Root;
    private const string Summaries = Root + "/configurationscansummaries";

    [Fact]
    public async Task Configurations_OfANamespace_AreSummedUp()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await PutAsync(fixture, "a", "web", 1, 2);
        await PutAsync(fixture, "a", "db", 10, 20);
        await PutAsync(fixture, "b", "web", 100, 200);
        JsonNode a = (await fixture.SendAsync("GET", Summaries + "/a")).Json!;
        JsonArray all = (await fixture.SendAsync("GET", Summaries)).Json!["items"]!.AsArray();

        Assert.Equal((11, 22, 0), ((int)a["spec"]!["severities"]!["critical"]!, (int)a["spec"]!["severities"]!["high"]!, (int)a["spec"]!["severities"]!["low"]!));
        Assert.Equal(["a/db", "a/web"], a["spec"]!["summaryRef"]!.AsArray().Select(part => $"{part!["namespace"]}/{part["name"]}"));
        Assert.Equal("WorkloadConfigurationScanSummary", (string?)a["spec"]!["summaryRef"]![0]!["kind"]);
        Assert.Equal(["a", "b"], all.Select(item => (string?)item!["metadata"]!["name"]));
        Assert.Equal((string?)a["metadata"]!["uid"], (string?)all[0]!["metadata"]!["uid"]);
        Assert.Equal(404, (await fixture.SendAsync("GET", Summaries + "/none")).Code);
        Assert.Equal(405, (await fixture.SendAsync("POST", Summaries, "{}")).Code);
        Assert.Equal(["b"], (await fixture.SendAsync("GET", Summaries + "?fieldSelector=metadata.name%3Db")).Json!["items"]!.AsArray().Select(item => (string?)item!["metadata"]!["name"]));
    }

    [Fact]
    public async Task Configurations_InPages_AreOneState()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        foreach (string name in (string[])["a", "b", "c"])
        {
            await PutAsync(fixture, name, "web", 1, 1);
        }

        JsonNode first = (await fixture.SendAsync("GET", Summaries + "?limit=1")).Json!;
        await PutAsync(fixture, "b", "late", 50, 50);
        JsonNode rest = (await fixture.SendAsync("GET", $"{Summaries}?limit=5&continue={Uri.EscapeDataString((string)first["metadata"]!["continue"]!)}")).Json!;

        Assert.Equal(["b 1", "c 1"], rest["items"]!.AsArray().Select(item => $"{item!["metadata"]!["name"]} {item["spec"]!["severities"]!["critical"]}"));
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], (string?)rest["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Vulnerabilities_OfANamespace_AreSummedUpByWhatIsUsed()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        foreach ((string name, int all, int used) in ((string, int, int)[])[("web", 5, 1), ("db", 7, 2)])
        {
            await fixture.SendAsync("POST", Root + "/namespaces/shop/vulnerabilitymanifestsummaries", $$$$"""{"metadata":{"name":"{{{{name}}}}"},"spec":{"severities":{"high":{"all":{{{{all}}}},"relevant":{{{{used}}}}},"low":{"all":9223372036854775807,"relevant":0} } } }""");
        }

        JsonNode summary = (await fixture.SendAsync("GET", Root + "/vulnerabilitysummaries/shop")).Json!;

        Assert.Equal("""{"all":12,"relevant":3}""", summary["spec"]!["severities"]!["high"]!.ToJsonString());
        Assert.Equal(long.MaxValue, (long)summary["spec"]!["severities"]!["low"]!["all"]!);
        Assert.Equal(["db", "web"], summary["spec"]!["vulnerabilitiesRef"]!.AsArray().Select(part => (string?)part!["name"]));
    }

    [Fact]
    public async Task Watch_OfSummaries_TellsEachChangeOfTheirParts()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        string start = (string)(await fixture.SendAsync("GET", Summaries)).Json!["metadata"]!["resourceVersion"]!;
        await PutAsync(fixture, "a", "web", 1, 0);
        await PutAsync(fixture, "a", "db", 10, 0);
        await fixture.SendAsync("DELETE", Root + "/namespaces/a/workloadconfigurationscansummaries/web");
        await fixture.SendAsync("DELETE", Root + "/namespaces/a/workloadconfigurationscansummaries/db");
        Answer watch = await fixture.SendAsync("GET", $"{Summaries}?watch=1&timeoutSeconds=2&resourceVersion={start}");

        Assert.Equal(["ADDED 1", "MODIFIED 11", "MODIFIED 10", "DELETED 10"], watch.Lines.Select(line => $"{line["type"]} {line["object"]!["spec"]!["severities"]!["critical"]}"));
    }

    private static async Task PutAsync(ServerFixture fixture, string objectNamespace, string name, int critical, int high)
    {
        Answer answer = await fixture.SendAsync(
            "POST", $"{Root}/namespaces/{objectNamespace}/workloadconfigurationscansummaries", $$$$"""{"metadata":{"name":"{{{{name}}}}"},"spec":{"severities":{"critical":{{{{critical}}}},"high":{{{{high}}}} } } }""");
        Assert.True(answer.Code == 201, answer.Text);
    }
}

public sealed class SqliteSummaryTests() : SummaryTests(new SqliteEngine());

public sealed class PostgresSummaryTests(PostgresCluster cluster) : SummaryTests(new PostgresEngine(cluster));
