// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Loading;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Bindings;

/// <summary>Which rules hold for whom.</summary>
public sealed class BindingTests : IDisposable
{
    private static readonly RuntimeRule[] Rules =
    [
        TestRules.Of("A", [("open", "true")], tags: ["files"]),
        TestRules.Of("B", [("open", "true")], tags: ["other"], state: """{"includePrefixes":["/etc"]}"""),
    ];

    private readonly Bench _bench = new(rules: Rules);

    public BindingTests() => _bench.Container.Identity = _bench.Container.Identity with
    {
        PodName = "web-1",
        PodNamespace = "shop",
        PodLabels = new Dictionary<string, string> { ["app"] = "web" },
    };

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("rules: [{ruleID: A}]", "A")]
    [InlineData("rules: [{ruleName: Test B}]", "B")]
    [InlineData("rules: [{ruleTags: [files, other]}]", "A,B")]
    [InlineData("rules: [{ruleID: A}]\n  podSelector: {matchLabels: {app: web}}", "A")]
    [InlineData("rules: [{ruleID: A}]\n  podSelector: {matchLabels: {app: db}}", "")]
    [InlineData("rules: [{ruleID: A}]\n  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}", "A")]
    [InlineData("rules: [{ruleID: A}]\n  namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [shop]}]}", "")]
    [InlineData("rules: [{ruleID: A}]\n  namespaceSelector: {matchLabels: {team: a}}", "A")]
    [InlineData("rules: [{ruleID: B, parameters: {includePrefixes: [/var]}}]", "")]
    [InlineData("rules: [{ruleID: B, parameters: {ignorePrefixes: [/etc/pass]}}]", "")]
    [InlineData("rules: [{ruleID: A, parameters: {excludeProcesses: [{name: cat}]}}]", "")]
    [InlineData("rules: [{ruleID: A, parameters: {excludeParentProcesses: [{path: /usr/sbin/nginx}]}}]", "")]
    [InlineData("rules: []", "")]
    public void Binding_OfARule_HoldsForWhomItSelects(string spec, string fired)
    {
        Bind(spec, space => space == "shop" ? new Dictionary<string, string> { ["team"] = "a", ["kubernetes.io/metadata.name"] = "shop" } : null);
        _bench.Open("/etc/passwd");

        Assert.Equal(fired.Length == 0 ? [] : fired.Split(','), _bench.TakenRules());
    }

    [Theory]
    [InlineData("low", 1)]
    [InlineData("Medium", 5)]
    [InlineData("high", 8)]
    [InlineData("critical", 10)]
    [InlineData("3", 3)]
    public void Binding_WithSeverity_ReplacesTheRules(string severity, int value)
    {
        Bind($"rules: [{{ruleID: A, severity: \"{severity}\"}}]");
        _bench.Open("/x");

        Assert.Equal(value, Assert.Single(_bench.Taken()).Spec.Alerts[0].Severity);
    }

    [Theory]
    [InlineData("rules: [{ruleID: A, ruleName: x}]", "exactly one")]
    [InlineData("rules: [{}]", "exactly one")]
    [InlineData("rules: [{ruleID: A, severity: loud}]", "severity")]
    [InlineData("rules: [{ruleID: A, parameters: {ports: x}}]", "parameters")]
    [InlineData("rules: [{ruleID: A}]\n  podSelector: {matchExpressions: [{key: a, operator: Like, values: [b]}]}", "podSelector")]
    [InlineData("rules: [{ruleID: NONE}]", "no rule")]
    public void Binding_ThatIsWrong_IsSaid(string spec, string said)
    {
        Bind(spec);

        Assert.Contains(_bench.Engine.Current.Issues, issue => issue.ToString().Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public void Pod_OfWhichOnlyTheCgroupIsKnown_IsJudgedByEveryBinding()
    {
        _bench.Container.Identity = new ContainerIdentity { Kind = UnitKind.Container, PodUid = "1-2-3", ContainerId = Bench.ContainerId };
        Bind("rules: [{ruleID: A}]\n  podSelector: {matchLabels: {app: db}}");
        _bench.Open("/x");
        _bench.Container.Identity = _bench.Container.Identity with { PodName = "web-1" };
        _bench.Open("/y");

        Assert.Equal(["A"], _bench.TakenRules());
    }

    [Fact]
    public void Merge_OfObjects_IsById()
    {
        var issues = new List<RuleIssue>();
        RuntimeRule rule = Rules[0];
        IReadOnlyList<RuntimeRule> merged = RuleMerge.Merge(
            [Object("b", rule with { Name = "of b" }), Object("a", rule with { Name = "of a" }, rule with { Id = "OFF", Enabled = false }), Object("c", rule with { Id = "OFF" })], issues);

        Assert.Equal([("A", "of a"), ("OFF", "Test A")], merged.Select(one => (one.Id!, one.Name!)));
        Assert.Equal(2, issues.Count);
        Assert.All(issues, issue => Assert.False(issue.IsError));
    }

    private static RulesObject Object(string name, params RuntimeRule[] rules) => new() { Metadata = new() { Name = name }, Spec = new RulesSpec { Rules = rules } };

    private void Bind(string spec, Func<string, IReadOnlyDictionary<string, string>?>? labels = null)
    {
        using var text = new StringReader($"apiVersion: kubescape.io/v1\nkind: RuntimeRuleAlertBinding\nmetadata: {{name: test}}\nspec:\n  {spec}\n");
        _bench.Engine.Use(_bench.Engine.Compile(Rules, new BindingSet(RuleDocuments.Parse(text).Bindings, labels)));
    }
}
