// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Loading;
using NodeAgent.Rules.Tests.Fixtures;
using NodeAgent.TestSupport;

namespace NodeAgent.Rules.Tests.Exceptions;

/// <summary>What exceptions keep back, and that they keep back nothing else.</summary>
public sealed class RuleExceptionTests : IDisposable
{
    private const ulong Second = 1_000_000_000;

    private static readonly RuntimeRule[] Rules =
    [
        TestRules.Of("EXC-A", [("open", "true")], tags: ["files"]),
        TestRules.Of("EXC-B", [("exec", "true")], tags: ["other"]),
    ];

    private readonly Bench _bench = new(rules: Rules);

    public RuleExceptionTests() => _bench.Container.Identity = _bench.Container.Identity with
    {
        PodName = "web-1",
        PodNamespace = "shop",
        PodLabels = new Dictionary<string, string> { ["app"] = "web" },
        Image = "nginx:1",
        ImageDigest = "sha256:abc",
        Workload = new WorkloadIdentity("apps/v1", "Deployment", "shop", "web"),
        Source = IdentitySource.ApiServer,
    };

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("ruleIds: [EXC-A]", "containerName: web", false)]
    [InlineData("ruleTags: [files]", "containerName: web", false)]
    [InlineData("ruleIds: [EXC-B]", "containerName: web", true)]
    [InlineData("ruleIds: [EXC-A]", "containerName: db", true)]
    [InlineData("ruleIds: [EXC-A]", "workload: {kind: Deployment, name: web}", false)]
    [InlineData("ruleIds: [EXC-A]", "workload: {kind: StatefulSet, name: web}", true)]
    [InlineData("ruleIds: [EXC-A]", "image: 'nginx:1'", false)]
    [InlineData("ruleIds: [EXC-A]", "image: 'sha256:abc'", false)]
    [InlineData("ruleIds: [EXC-A]", "image: nginx", true)]
    [InlineData("ruleIds: [EXC-A]", "podSelector: {matchLabels: {app: web}}", false)]
    [InlineData("ruleIds: [EXC-A]", "podSelector: {matchLabels: {app: db}}", true)]
    [InlineData("ruleIds: [EXC-A]", "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}", false)]
    [InlineData("ruleIds: [EXC-A]", "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}", true)]
    [InlineData("ruleIds: [EXC-A]", "namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}", true)]
    [InlineData("ruleIds: [EXC-A]", "condition: event.path == '/x' && event.comm == 'cat'", false)]
    [InlineData("ruleIds: [EXC-A]", "condition: event.path == '/y'", true)]
    [InlineData("ruleIds: [EXC-A]", "acceptAll: true", false)]
    [InlineData("ruleIds: [EXC-A]", "containerName: web\n  expiresAt: 2020-01-01T00:00:00Z", true)]
    [InlineData("ruleIds: [EXC-A]", "containerName: web\n  expiresAt: 2030-01-01T00:00:00+02:00", false)]
    public void Exception_OfARule_HoldsForWhatItSays(string names, string rest, bool fires)
    {
        Except($"{names}\n  {rest}\n  reason: a test");
        Assert.DoesNotContain(_bench.Engine.Current.ExceptionIssues, issue => issue.IsError);
        _bench.Open("/x");

        Assert.Equal(fires ? ["EXC-A"] : [], _bench.TakenRules());
    }

    [Theory]
    [InlineData("ruleIds: [EXC-A]\n  containerName: web", "reason")]
    [InlineData("ruleIds: [EXC-A]\n  reason: r", "acceptAll")]
    [InlineData("ruleIds: [EXC-A]\n  reason: r\n  podSelector: {}\n  workload: {}", "acceptAll")]
    [InlineData("containerName: web\n  reason: r", "ruleIds")]
    [InlineData("ruleIds: [EXC-A]\n  reason: r\n  condition: event.pth == '/x'", "condition")]
    [InlineData("ruleIds: [EXC-A]\n  reason: r\n  condition: event.path", "condition")]
    [InlineData("ruleIds: [EXC-A]\n  reason: r\n  condition: event.path.matches('(')", "condition")]
    [InlineData("ruleIds: [EXC-A]\n  reason: r\n  condition: rate(event.comm, duration('1s')) < 3", "condition")]
    [InlineData("ruleIds: [EXC-A]\n  reason: r\n  containerName: web\n  expiresAt: tomorrow", "expiresAt")]
    [InlineData("ruleIds: [EXC-A]\n  reason: r\n  podSelector: {matchExpressions: [{key: a, operator: Like, values: [b]}]}", "podSelector")]
    public void Exception_ThatIsWrong_IsNotInForceAndSaid(string spec, string field)
    {
        using var metrics = new MetricReader();
        Except(spec);
        _bench.Open("/x");

        Assert.Equal(["EXC-A"], _bench.TakenRules());
        Assert.Contains(_bench.Engine.Current.ExceptionIssues, issue => issue.IsError && issue.Part == $"exception test, {field}");
        Assert.Equal(0, _bench.Engine.Current.FailedCount);
        Assert.True(metrics.Read("node_agent_rule_exceptions", "failed") >= 1);
    }

    [Fact]
    public void Condition_WithWordsOfACountInAText_IsNoCount()
    {
        Except("ruleIds: [EXC-A]\n  reason: r\n  condition: event.path == \"/first(1)\"");
        _bench.Open("/first(1)");

        Assert.Empty(_bench.Taken());
    }

    [Fact]
    public void Suppressed_IsCountedByRuleAndException()
    {
        using var metrics = new MetricReader();
        Except("ruleIds: [EXC-A]\n  reason: r\n  containerName: web", "counted");
        _bench.Open("/x");
        _bench.Open("/x", repeats: 40);

        Assert.Empty(_bench.Taken());
        Assert.Equal(41, metrics.Read("node_agent_rule_exception_suppressed_total", "counted"));
        Assert.True(metrics.Read("node_agent_rule_exceptions", "active") >= 1);
    }

    [Fact]
    public void Expiry_WhileTheAgentRuns_EndsItAndIsSaid()
    {
        using var metrics = new MetricReader();
        string end = _bench.Time.GetUtcNow().AddMinutes(1).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        Except($"ruleIds: [EXC-A]\n  reason: r\n  containerName: web\n  expiresAt: {end}");
        _bench.Open("/x");
        Assert.Empty(_bench.Taken());
        _bench.NowNs += 61 * Second;
        _bench.Open("/x");
        Assert.Equal(["EXC-A"], _bench.TakenRules());
    }

    [Fact]
    public void Condition_ThatFails_LetsTheAlertOut()
    {
        Except("ruleIds: [EXC-A]\n  reason: r\n  condition: event.args[100] == 'x'");
        _bench.Open("/x");

        Assert.Equal(["EXC-A"], _bench.TakenRules());
    }

    [Theory]
    [InlineData("podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [db]}]}")]
    [InlineData("podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}")]
    [InlineData("namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [prod]}]}")]
    [InlineData("workload: {name: web}")]
    public void Pod_OfWhichOnlyTheCgroupIsKnown_IsNotExcepted(string selector)
    {
        _bench.Container.Identity = new ContainerIdentity { Kind = UnitKind.Container, PodUid = "1-2-3", ContainerId = Bench.ContainerId };
        Except($"ruleIds: [EXC-A]\n  reason: r\n  {selector}");
        _bench.Open("/x");

        Assert.Equal(["EXC-A"], _bench.TakenRules());
    }

    [Fact]
    public void Names_ThatAreThereTwice_HoldOnce()
    {
        RuleException one = Parse("ruleIds: [EXC-A]\n  reason: r\n  containerName: web", "twice");
        Use(one, one with { Spec = one.Spec! with { RuleIds = ["EXC-B"] } });
        _bench.Open("/x");
        _bench.Exec("/bin/x");

        Assert.Equal(["EXC-B"], _bench.TakenRules());
        Assert.Contains(_bench.Engine.Current.ExceptionIssues, issue => issue.IsError && issue.Message.Contains("twice", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}")]
    [InlineData("containerName: web\n  condition: event.path == '/x'")]
    [InlineData("containerName: other")]
    public void Asking_AllocatesNothing(string rest)
    {
        Except($"ruleIds: [EXC-A]\n  reason: r\n  {rest}");
        byte[] path = "/x"u8.ToArray();
        var record = new OpenRecord { Header = _bench.Header(EventKind.Open, "cat"u8), Path = new WireString { Length = (ushort)path.Length } };

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int at = 0; at < 1000; at++)
            {
                var view = new Events.OpenEvent(in record, path);
                _bench.Engine.OnOpen(in view, _bench.Subject);
            }
        }));
        Assert.Equal(rest.EndsWith("other", StringComparison.Ordinal), _bench.Taken().Count == 1);
    }

    [Fact]
    public void Check_OfAFile_SaysWhatIsWrongAndKnowsTheLibrary()
    {
        var check = new RuleCheck();

        Assert.Empty(check.Check([], [], [Parse("ruleIds: [R0001]\n  reason: r\n  containerName: web", "good")]));
        Assert.False(Assert.Single(check.Check([], [], [Parse("ruleIds: [NONE]\n  reason: r\n  containerName: web", "unknown")])).IsError);
        Assert.Equal((1, 7), check.Check([], [], [Parse("ruleIds: [R0001]\n  reason: r\n  condition: event.pth == 'x'", "bad")]).Where(issue => issue.IsError).Select(issue => (issue.Line, Math.Min(issue.Column, 7))).Single());
    }

    private void Except(string spec, string name = "test") => Use(Parse(spec, name));

    private void Use(params RuleException[] exceptions) => _bench.Engine.Use(_bench.Engine.Compile(Rules, BindingSet.Everywhere, exceptions));

    private static RuleException Parse(string spec, string name)
    {
        using var text = new StringReader($"apiVersion: kubescape.io/v1\nkind: RuleException\nmetadata: {{name: {name}}}\nspec:\n  {spec}\n");
        return Assert.Single(RuleDocuments.Parse(text).Exceptions);
    }
}
