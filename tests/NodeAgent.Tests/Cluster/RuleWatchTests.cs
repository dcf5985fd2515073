// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Cluster;
using NodeAgent.Events.Identity;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Rules;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Loading;
using NodeAgent.Rules.Profiles;
using NodeAgent.Tests.Agent;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Cluster;

/// <summary>Rules and bindings of a cluster reach the engine, and what became of them reaches the cluster.</summary>
public sealed class RuleWatchTests : IAsyncLifetime
{
    private const string Rules = "kubescape.io/rules";
    private const string Bindings = "kubescape.io/runtimerulealertbindings";
    private const string Exceptions = "kubescape.io/ruleexceptions";
    private readonly ScratchFolder _scratch = new();
    private readonly RuleEngine _engine = new(
        new RulesOptions(), new AlertOrigin { NodeName = "node-a" }, new NoProfiles(), TimeProvider.System, NullLogger<RuleEngine>.Instance);

    private ApiServerDouble _server = null!;
    private RuleWatch? _watch;

    public async ValueTask InitializeAsync()
    {
        _server = await RecordedCluster.StartAsync();
        _server.Store.Define(Rules);
        _server.Store.Define(Bindings);
        _server.Store.Define(Exceptions);
        _server.Store.Define("/namespaces");
        _server.Store.Put("/namespaces", Parse("""{"metadata":{"name":"shop","uid":"n1","labels":{"team":"a"}}}"""));
    }

    public async ValueTask DisposeAsync()
    {
        if (_watch is not null)
        {
            await _watch.DisposeAsync();
        }

        _engine.Dispose();
        await _server.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Rules_OfTheCluster_TakeThePlaceOfTheLibrarysAndChangeWhole()
    {
        _server.Store.Put(Rules, Object("mine", Rule("MINE", "event.path == '/x'"), Rule("OTHER", "true")));
        Start();
        await Eventually.TrueAsync(() => Active() == "MINE,OTHER", "the cluster's rules");
        _server.Store.Put(Rules, Object("mine", Rule("NEW", "true")));
        await Eventually.TrueAsync(() => Active() == "NEW", "the changed rules");
        _server.Store.Delete(Rules, "kubescape", "mine");

        await Eventually.TrueAsync(() => Active().Contains("R0001,R0004", StringComparison.Ordinal), "the library again");
    }

    [Fact]
    public async Task Status_OfAnObject_SaysWhatIsWrongAndThatItIsMended()
    {
        _server.Store.Put(Rules, Object("mine", Rule("BAD", "event.pth == '/x'"), Rule("GOOD", "true")));
        Start();
        await Eventually.TrueAsync(() => Condition()?["status"]?.ToString() == "False", "the condition");
        Assert.Contains("BAD: open expression, 1:", Condition()!["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(("Compiled", "RulesHaveErrors"), (Condition()!["type"]!.ToString(), Condition()!["reason"]!.ToString()));
        Assert.Equal("GOOD", Active());
        _server.Store.Put(Rules, Object("mine", Rule("BAD", "event.path == '/x'")));

        await Eventually.TrueAsync(() => Condition()?["status"]?.ToString() == "True", "the mended condition");
        Assert.True(_server.Requests.Count(request => request.Verb == "patch") <= 4);
    }

    [Fact]
    public async Task Binding_OfTheCluster_HoldsByTheLabelsOfNamespaces()
    {
        _server.Store.Put(Rules, Object("mine", Rule("MINE", "true")));
        _server.Store.Put(Bindings, Parse("""{"metadata":{"name":"b","uid":"b1"},"spec":{"namespaceSelector":{"matchLabels":{"team":"a"}},"rules":[{"ruleID":"NONE"}]}}"""));
        Start();

        await Eventually.TrueAsync(() => _engine.Current.Issues.Any(issue => issue.Part == "binding b"), "what the binding lacks");
    }

    [Fact]
    public async Task Exceptions_OfTheCluster_SayWhetherTheyAreInForce()
    {
        _server.Store.Put(Rules, Object("mine", Rule("MINE", "true")));
        _server.Store.Put(Exceptions, Exception("good", """{"ruleIds":["MINE"],"containerName":"web","reason":"r"}"""));
        _server.Store.Put(Exceptions, Exception("bad", """{"ruleIds":["MINE"],"reason":"r","condition":"event.pth == 'x'"}"""));
        _server.Store.Put(Exceptions, Exception("old", """{"ruleIds":["MINE"],"containerName":"web","reason":"r","expiresAt":"2020-01-01T00:00:00Z"}"""));
        _server.Store.Put(Exceptions, Exception("shapeless", """{"ruleIds":"MINE","reason":"r"}"""));
        Start();
        await Eventually.TrueAsync(() => States("old") == "Compiled=True,Expired=True", "the expired one");
        await Eventually.TrueAsync(() => States("good") == "Compiled=True,Expired=False", "the good one");
        await Eventually.TrueAsync(() => States("bad") == "Compiled=False,Expired=False", "the bad one");
        await Eventually.TrueAsync(() => States("shapeless") == "Compiled=False,Expired=False", "the one without shape");

        Assert.Contains(_engine.Current.ExceptionIssues, issue => issue.IsError && issue.Part == "exception bad, condition");
    }

    [Fact]
    public async Task Rules_OfAStorage_HoldBesideTheLibrarysAndTakeThePlaceOfTheSameId()
    {
        JsonObject quiet = Rule("R0001", "true");
        quiet["enabled"] = false;
        _server.Store.Put(Rules, Object("mine", Rule("MINE", "event.path == '/x'"), quiet));
        Start(ofCluster: false);
        await Eventually.TrueAsync(() => Active().Split(',').Contains("MINE"), "the storage's rule");
        Assert.Contains("R0004", Active().Split(','));
        Assert.DoesNotContain("R0001", Active().Split(','));
        _server.Store.Delete(Rules, "kubescape", "mine");

        await Eventually.TrueAsync(() => Active().Split(',') is var active && active.Contains("R0001") && !active.Contains("MINE"), "the library alone");
    }

    [Fact]
    public async Task Observed_NoSensor_SaysWhichNodeLacksItUntilThatNodeHasIt()
    {
        _server.Store.Put(Rules, Object("mine", Rule("MINE", "true")));
        var sensors = new Sensors { Reason = "sensor file is off: refused" };
        Start(sensors: sensors);
        await Eventually.TrueAsync(() => Condition("Observed")?["status"]?.ToString() == "False", "the condition");
        Assert.Equal(("SensorMissing", "node-a: open: sensor file is off: refused"), (Condition("Observed")!["reason"]!.ToString(), Condition("Observed")!["message"]!.ToString()));
        Assert.Equal("True", Condition()!["status"]!.ToString());
        sensors.Reason = null;
        _server.Store.Put(Rules, Object("other", Rule("OTHER", "true")));

        await Eventually.TrueAsync(() => Condition("Observed")?["status"]?.ToString() == "True", "the condition taken back");
    }

    [Fact]
    public async Task Observed_AnotherNodeLacksTheSensor_StaysSaid()
    {
        JsonObject mine = Object("mine", Rule("MINE", "true"));
        mine["status"] = Parse("""{"observedGeneration":1,"conditions":[{"type":"Observed","status":"False","observedGeneration":1,"reason":"SensorMissing","message":"node-b: open: refused"}]}""");
        _server.Store.Put(Rules, mine);
        Start(sensors: new Sensors());
        await Eventually.TrueAsync(() => Condition() is not null, "what this node says");

        Assert.Equal("node-b: open: refused", Condition("Observed")!["message"]!.ToString());
    }

    private string States(string name) => string.Join(',', (_server.Store.Find(Exceptions, null, name)?["status"]?["conditions"]?.AsArray() ?? [])
        .Select(condition => $"{condition!["type"]}={condition["status"]}").Order(StringComparer.Ordinal));

    private static JsonObject Exception(string name, string spec) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["uid"] = name, ["generation"] = 1 },
        ["spec"] = Parse(spec),
    };

    private void Start(bool ofCluster = true, IEventSensors? sensors = null)
    {
        var feed = new RuleFeed(_engine, useLibrary: true, NullLogger<RuleFeed>.Instance, sensors);
        _watch = new RuleWatch(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(RecordedCluster.Kubeconfig(_server, _scratch.Path)), feed, ofCluster, "node-a", NullLogger.Instance, TimeProvider.System);
    }

    private string Active() => string.Join(',', _engine.Current.Rules.Select(rule => rule.Id).Order(StringComparer.Ordinal));

    private JsonNode? Condition(string type = "Compiled") =>
        _server.Store.Find(Rules, "kubescape", "mine")?["status"]?["conditions"]?.AsArray().FirstOrDefault(one => one!["type"]!.ToString() == type);

    private static JsonObject Object(string name, params JsonObject[] rules) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "kubescape", ["uid"] = "r1", ["generation"] = 1 },
        ["spec"] = new JsonObject { ["rules"] = new JsonArray(rules) },
    };

    private static JsonObject Rule(string id, string expression) => new()
    {
        ["id"] = id,
        ["name"] = id,
        ["enabled"] = true,
        ["severity"] = 5,
        ["profileDependency"] = 2,
        ["expressions"] = new JsonObject
        {
            ["message"] = "event.comm",
            ["uniqueId"] = "event.comm",
            ["ruleExpression"] = new JsonArray(new JsonObject { ["eventType"] = "open", ["expression"] = expression }),
        },
    };

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;

    private sealed class Sensors : IEventSensors
    {
        public string? Reason { get; set; }

        public string? Provide(RuleEventType type) => type == RuleEventType.Open ? Reason : null;
    }

    private sealed class NoProfiles : IProfileLookup
    {
        public bool TryGet(ContainerInfo container, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ProfileView? view)
        {
            view = null;
            return false;
        }
    }
}
