// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Collection;
using NodeAgent.Storage.Tests.Consolidation;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Collection;

/// <summary>Bounds on how many objects of a kind a namespace may hold.</summary>
public abstract class QuotaTests(TestEngine engine)
{
    private const string Collection = ServerFixture.Collection;
    private const int Limit = 5;

    [Fact]
    public async Task Create_BeyondTheQuota_IsForbiddenUntilOneGoes()
    {
        await using ServerFixture fixture = await StartAsync($"containerprofiles={Limit},*=1");
        for (int i = 0; i < Limit; i++)
        {
            await fixture.CreateAsync($"o{i}");
        }

        Answer refused = await fixture.SendAsync("POST", Collection, ServerFixture.Profile("more"));
        const string Count = $"count/containerprofiles.{ServerFixture.Group}";
        Assert.Equal((403, "Forbidden"), (refused.Code, (string?)refused.Json!["reason"]));
        Assert.Equal($"containerprofiles.{ServerFixture.Group} \"more\" is forbidden: exceeded quota: storage, requested: {Count}=1, used: {Count}={Limit}, limited: {Count}={Limit}", (string?)refused.Json["message"]);
        Assert.Equal(("more", "containerprofiles"), ((string?)refused.Json["details"]!["name"], (string?)refused.Json["details"]!["kind"]));
        Assert.Equal(200, (await fixture.SendAsync("PATCH", $"{Collection}/o1", """{"metadata":{"labels":{"a":"b"}}}""", "application/merge-patch+json")).Code);
        Assert.Equal(201, (await fixture.SendAsync("POST", Collection.Replace("/store/", "/other/", StringComparison.Ordinal), ServerFixture.Profile("more"))).Code);
        Assert.Equal(403, (await fixture.SendAsync("PATCH", $"{Collection}/new?fieldManager=a", $"{{\"apiVersion\":\"{ServerFixture.ApiVersion}\",\"kind\":\"ContainerProfile\",\"metadata\":{{\"name\":\"new\"}}}}", "application/apply-patch+yaml")).Code);
        Assert.Equal(200, (await fixture.SendAsync("DELETE", $"{Collection}/o0")).Code);
        Assert.Equal(201, (await fixture.SendAsync("POST", Collection, ServerFixture.Profile("more"))).Code);
        Assert.Equal(201, (await fixture.SendAsync("POST", ServerFixture.Root + "/knownservers", """{"metadata":{"name":"a"}}""")).Code);
        Assert.Equal(403, (await fixture.SendAsync("POST", ServerFixture.Root + "/knownservers", """{"metadata":{"name":"b"}}""")).Code);
    }

    [Fact]
    public async Task Create_ManyAtOnce_NeverExceedsTheQuota()
    {
        await using ServerFixture fixture = await StartAsync($"containerprofiles={Limit}");
        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => fixture.SendAsync("POST", Collection, ServerFixture.Profile($"o{i}"))));

        Assert.Equal(Limit, answers.Count(answer => answer.Code == 201));
        Assert.All(answers.Where(answer => answer.Code != 201), answer => Assert.Equal(403, answer.Code));
    }

    [Fact]
    public async Task Create_AfterManyChanges_StillKnowsTheCount()
    {
        await using ServerFixture fixture = await StartAsync($"containerprofiles={Limit}");
        await fixture.CreateAsync("first");

        // More changes than wait in its queue.
        for (int i = 0; i < 300; i++)
        {
            await fixture.SendAsync("PATCH", $"{Collection}/first", $$$"""{"metadata":{"labels":{"i":"{{{i}}}"} } }""", "application/merge-patch+json");
        }

        for (int i = 1; i < Limit; i++)
        {
            await fixture.CreateAsync($"o{i}");
        }

        Assert.Equal(403, (await fixture.SendAsync("POST", Collection, ServerFixture.Profile("more"))).Code);
    }

    [Fact]
    public void Quotas_Text_IsReadAndShown()
    {
        Assert.Equal("*=7,containerprofiles=5", RetentionOptions.ShowQuotas(RetentionOptions.ParseQuotas(" containerprofiles = 5 , *=7,")));
        Assert.Empty(RetentionOptions.ParseQuotas(string.Empty));
        Assert.All((string[])["pods=3", "containerprofiles", "containerprofiles=-1", "containerprofiles=many", "generatednetworkpolicies=1"], text => Assert.Throws<FormatException>(() => RetentionOptions.ParseQuotas(text)));
    }

    private Task<ServerFixture> StartAsync(string quotas) => ServerFixture.StartAsync(engine, options => options.Retention.Quotas = RetentionOptions.ParseQuotas(quotas));
}

public sealed class SqliteQuotaTests() : QuotaTests(new SqliteEngine());

public sealed class PostgresQuotaTests(PostgresCluster cluster) : QuotaTests(new PostgresEngine(cluster));
