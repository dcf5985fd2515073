// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Exceptions;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Library;
using NodeAgent.Rules.Loading;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Alerts;

/// <summary>What an alert about a request to the API server tells, and for whom it is one.</summary>
public sealed class AdmissionAlertTests : IDisposable
{
    private static readonly RuntimeRule[] Rules = [.. RuleLibrary.Rules.Where(rule => rule.Id is "R2000" or "R2001")];
    private static readonly ContainerIdentity Pod = new()
    {
        Kind = UnitKind.Container,
        Source = IdentitySource.ApiServer,
        PodName = "web-1",
        PodNamespace = "shop",
        PodUid = "00000000-0000-0000-0000-000000000001",
        PodLabels = new Dictionary<string, string> { ["app"] = "web" },
        ContainerName = "server",
        Workload = new WorkloadIdentity("apps/v1", "Deployment", "shop", "web"),
    };

    private readonly Bench _bench = new(rules: Rules);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Alert_OfAnExec_HasTheMembersOfKubescapesAdmissionAlerts()
    {
        Judge(Exec("sh", "-c", "id"), Pod);

        RuntimeAlerts told = Assert.Single(_bench.Taken());
        using JsonDocument document = JsonDocument.Parse(AlertJson.ToLine(told));
        JsonElement alert = document.RootElement.GetProperty("spec").GetProperty("alerts")[0];
        Assert.Equal(2, alert.GetProperty("alertType").GetInt32());
        Assert.Equal("""{"Group":"","Version":"v1","Kind":"PodExecOptions"}""", alert.GetProperty("kind").GetRawText());
        Assert.Equal("""{"Group":"","Version":"v1","Resource":"pods"}""", alert.GetProperty("resource").GetRawText());
        Assert.Equal(("shop", "web-1", "exec", "CONNECT"), (Text(alert, "requestNamespace"), Text(alert, "objectName"), Text(alert, "subresource"), Text(alert, "operation")));
        Assert.Equal("""{"Name":"jane","UID":"u-1","Groups":["dev"]}""", alert.GetProperty("userInfo").GetRawText());
        Assert.Equal("""{"kind":"PodExecOptions","apiVersion":"v1","container":"server","command":["sh","-c","id"],"tty":true}""", alert.GetProperty("object").GetRawText());
        Assert.Equal("""["sh","-c","id"]""", alert.GetProperty("arguments").GetProperty("args").GetRawText());
        Assert.Equal("sh -c id", alert.GetProperty("identifiers").GetProperty("process").GetProperty("commandLine").GetString());
        Assert.Equal(("server", "web-1", "web", "Deployment", "node-9"), (Text(alert, "containerName"), Text(alert, "podName"), Text(alert, "workloadName"), Text(alert, "workloadKind"), Text(alert, "nodeName")));
        Assert.Equal("Exec to pod: shop/web-1 by jane", Text(alert, "message"));
        Assert.Equal("web-1", told.Metadata.Name);
    }

    [Fact]
    public void Alert_OfAProcess_HasNoneOfThem()
    {
        using var bench = new Bench(rules: [TestRules.Of("EXEC", [("exec", "true")])]);
        bench.Exec("/bin/sh", ["sh"]);

        string line = System.Text.Encoding.UTF8.GetString(AlertJson.ToLine(Assert.Single(bench.Taken())));
        Assert.All(["userInfo", "requestNamespace", "objectName", "\"resource\"", "\"operation\"", "\"object\""], name => Assert.DoesNotContain(name, line, StringComparison.Ordinal));
        Assert.Contains("\"alertType\":0", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Alert_OfALongCommand_IsBounded()
    {
        Judge(Exec([.. Enumerable.Repeat(new string('x', 5000), 200)]), Pod);

        RuntimeAlerts told = Assert.Single(_bench.Taken());
        Assert.True(AlertJson.ToLine(told).Length < 100_000);
        Assert.Equal("…", told.Spec.Alerts[0].Object!.Command![^1]);
    }

    [Theory]
    [InlineData("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}", true)]
    [InlineData("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}", false)]
    [InlineData("podSelector: {matchLabels: {app: web}}", true)]
    [InlineData("podSelector: {matchLabels: {app: db}}", false)]
    [InlineData("workload: {kind: Deployment, name: web}", true)]
    [InlineData("containerName: server", true)]
    [InlineData("condition: event.UserInfo.Username == 'jane' && event.args == ['id']", true)]
    [InlineData("condition: event.UserInfo.Username == 'joe'", false)]
    [InlineData("condition: event.args.exists(a, a == 'rm')", false)]
    public void Exception_HoldsForThePodAndTheRequest(string spec, bool isQuiet)
    {
        Except($"ruleIds: [R2000]\n  {spec}");
        Judge(Exec("id"), Pod);

        Assert.Equal(isQuiet ? 0 : 1, _bench.Taken().Count);
    }

    [Theory]
    [InlineData("podSelector: {matchLabels: {app: db}}", "R2000")]
    [InlineData("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}", "R2000")]
    [InlineData("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}", "")]
    public void Binding_OfAPodWhoseLabelsNobodyTold_HoldsUnlessTheNamespaceIsAnother(string selector, string fired)
    {
        using var text = new StringReader($"apiVersion: kubescape.io/v1\nkind: RuntimeRuleAlertBinding\nmetadata: {{name: b}}\nspec:\n  rules: [{{ruleID: R2000}}]\n  {selector}\n");
        _bench.Engine.Use(_bench.Engine.Compile(Rules, new BindingSet(RuleDocuments.Parse(text).Bindings)));
        Judge(Exec("id"), new ContainerIdentity { Kind = UnitKind.Container, PodName = "web-1", PodNamespace = "shop" });

        Assert.Equal(fired.Length == 0 ? [] : fired.Split(','), _bench.TakenRules());
    }

    [Fact]
    public void Exception_OfAPodWhoseLabelsNobodyTold_DoesNotHold()
    {
        Except("ruleIds: [R2000]\n  podSelector: {matchExpressions: [{key: a, operator: DoesNotExist}]}");
        Judge(Exec("id"), new ContainerIdentity { Kind = UnitKind.Container, PodName = "web-1", PodNamespace = "shop" });

        Assert.Equal(["R2000"], _bench.TakenRules());
    }

    [Fact]
    public void Suggestion_ForAnExec_HoldsForTheSameUserAndCommandOnly()
    {
        Judge(Exec("id"), Pod);
        RuleException exception = ExceptionSuggestion.Of(Assert.Single(_bench.Taken()), null, "a test");
        using var second = new Bench(rules: Rules);
        second.Engine.Use(second.Engine.Compile(Rules, BindingSet.Everywhere, [exception]));
        Assert.Empty(second.Engine.Current.ExceptionIssues);

        Judge(second, Exec("id") with { Name = "web-2" }, Pod with { PodName = "web-2" });
        Assert.Empty(second.Taken());
        Judge(second, Exec("rm"), Pod);
        Judge(second, Exec("id") with { UserName = "joe" }, Pod);
        Assert.Equal(2, second.Taken().Count);
    }

    [Fact]
    public void Alerts_OfPodsOfWhichNothingIsKnown_DoNotWaitForMore()
    {
        Judge(Exec("id"), new ContainerIdentity { Kind = UnitKind.Container, PodName = "web-1", PodNamespace = "shop" });
        _bench.Taken();
        _bench.Engine.OnTick(Bench.BootNs + 1_000_000_000);

        Assert.Empty(_bench.Taken());
    }

    private static AdmissionEvent Exec(params string[] command) =>
        new(Bench.BootNs, "PodExecOptions", "web-1", "shop", "pods", "exec", "CONNECT", "jane", "u-1", ["dev"])
        {
            Command = command,
            Object = new AlertRequestObject { Kind = "PodExecOptions", ApiVersion = "v1", Container = "server", Command = command, Tty = true },
            NodeName = "node-9",
        };

    private static string? Text(JsonElement alert, string name) => alert.GetProperty(name).GetString();

    private static void Judge(Bench bench, AdmissionEvent admission, ContainerIdentity pod) =>
        bench.Engine.OnAdmission(admission, new EventSubject { Container = new ContainerInfo(0, string.Empty) { Identity = pod } });

    private void Judge(AdmissionEvent admission, ContainerIdentity pod) => Judge(_bench, admission, pod);

    private void Except(string spec)
    {
        using var text = new StringReader($"apiVersion: kubescape.io/v1\nkind: RuleException\nmetadata: {{name: e}}\nspec:\n  {spec}\n  reason: a test\n");
        _bench.Engine.Use(_bench.Engine.Compile(Rules, BindingSet.Everywhere, RuleDocuments.Parse(text).Exceptions));
        Assert.Empty(_bench.Engine.Current.ExceptionIssues);
    }
}
