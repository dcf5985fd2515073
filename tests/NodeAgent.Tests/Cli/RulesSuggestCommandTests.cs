// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Cli;
using NodeAgent.Replay;
using NodeAgent.Rules;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Library;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Tests.Cli;

/// <summary>What is suggested for an alert is YAML that the commands read, and makes a replay of the same quiet.</summary>
public sealed class RulesSuggestCommandTests : IDisposable
{
    private static readonly string Traces = Path.Combine(RepositoryRoot.Path, "src", "NodeAgent.Rules", "Library", "traces");
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("R1010/shadow.natrace", "R1010")]
    [InlineData("R1005/memfd.natrace", "R1005")]
    public async Task Exception_ForAnAlertOfARecording_MakesTheReplayQuietAndNothingElse(string trace, string ruleId)
    {
        List<RuntimeAlerts> before = await ReplayAsync(trace, []);
        RuntimeAlerts[] ofRule = [.. before.Where(alert => alert.Spec.Alerts[0].RuleId == ruleId)];
        Assert.NotEmpty(ofRule);
        RuleException[] exceptions = [.. ofRule.Select(Suggest)];

        List<RuntimeAlerts> after = await ReplayAsync(trace, exceptions);
        Assert.DoesNotContain(after, alert => alert.Spec.Alerts[0].RuleId == ruleId);
        Assert.Equal(before.Count - ofRule.Length, after.Count);

        string name = ofRule[0].Spec.Alerts[0].Identifiers!.Process!.Name;
        RuleException other = exceptions[0] with { Spec = exceptions[0].Spec! with { Condition = exceptions[0].Spec!.Condition!.Replace($"== \"{name}\"", "== \"another\"", StringComparison.Ordinal) } };
        List<RuntimeAlerts> different = await ReplayAsync(trace, [other]);
        Assert.Equal(before.Count, different.Count);
    }

    [Theory]
    [InlineData("a\n---\nkind: RuleException\nspec: {acceptAll: true}")]
    [InlineData("'; \" # {a: b} [c] *d &e !f |\u2028\u0085\ufeff\u0000\u001b[31m")]
    [InlineData("true")]
    [InlineData("- x: y")]
    public void Texts_OfAHostileAlert_StayTexts(string hostile)
    {
        var alert = new RuntimeAlerts
        {
            Metadata = new AlertMetadata(hostile, hostile),
            Spec = new RuntimeAlertsSpec
            {
                Alerts =
                [
                    new RuntimeAlert
                    {
                        AlertName = hostile,
                        Arguments = new AlertArguments { Exec = "/" + hostile, Args = [hostile, hostile], AlertId = hostile },
                        Identifiers = new AlertIdentifiers { Process = new AlertProcessIdentifier(hostile, hostile) },
                        ContainerName = hostile,
                        Namespace = hostile,
                        WorkloadKind = hostile,
                        WorkloadName = hostile,
                        Timestamp = hostile,
                        UniqueId = hostile,
                        RuleId = hostile,
                        Message = hostile,
                    },
                ],
            },
        };

        RuleExceptionSpec spec = Suggest(alert).Spec!;
        Assert.Equal((hostile, hostile, hostile, hostile), (spec.ContainerName, spec.Workload!.Kind, spec.Workload.Name, spec.NamespaceSelector!.MatchLabels!.Values.Single()));
        Assert.Equal([hostile], spec.RuleIds);
        Assert.False(spec.AcceptAll);
        Assert.DoesNotContain(spec.Condition!, character => character is not '\n' and (< ' ' or > '~'));
    }

    [Fact]
    public async Task Profile_ForAnAlertThatJudgesByOne_MakesTheReplayQuiet()
    {
        RuntimeAlerts alert = (await ReplayAsync("R1010/shadow.natrace", [])).Single(one => one.Spec.Alerts[0].RuleId == "R1010");
        RuntimeAlert first = alert.Spec.Alerts[0] with { ContainerName = "web", Namespace = "shop", WorkloadKind = "Deployment", WorkloadName = "web" };
        first = first with { ProfileMetadata = first.ProfileMetadata! with { Name = "replicaset-web-77b4-web-1a2b-3c4d" } };
        using var text = new StringWriter();
        RulesSuggestCommand.WriteProfile(text, alert with { Spec = alert.Spec with { Alerts = [first] } });
        string file = Path.Combine(_scratch.Path, "overlay.yaml");
        await File.WriteAllTextAsync(file, text.ToString(), TestContext.Current.CancellationToken);

        Assert.Contains("name: ug-replicaset-web-77b4\n", text.ToString(), StringComparison.Ordinal);
        List<RuntimeAlerts> after = await ReplayAsync("R1010/shadow.natrace", [], GivenProfiles.Read([file]));
        Assert.DoesNotContain(after, one => one.Spec.Alerts[0].RuleId == "R1010");
    }

    [Fact]
    public async Task Profile_ForAnAlertWithoutOne_SaysWhy()
    {
        RuntimeAlerts alert = (await ReplayAsync("R1005/memfd.natrace", [])).First(one => one.Spec.Alerts[0].RuleId == "R1005");
        Assert.Throws<CommandException>(() => RulesSuggestCommand.WriteProfile(TextWriter.Null, alert));
    }

    private static RuleException Suggest(RuntimeAlerts alert)
    {
        using var text = new StringWriter();
        RulesSuggestCommand.WriteException(text, alert, DateTimeOffset.UtcNow.AddYears(10), null);
        using var reader = new StringReader(text.ToString());
        RuleException exception = Assert.Single(RuleDocuments.Parse(reader).Exceptions);
        Assert.DoesNotContain(new RuleCheck().Check([], [], [exception]), issue => issue.IsError);
        return exception;
    }

    private static async Task<List<RuntimeAlerts>> ReplayAsync(string trace, RuleException[] exceptions, GivenProfiles? profiles = null)
    {
        RulesOptions settings = JudgeOptions.Settings();
        settings.EnabledRules = [.. RuleLibrary.Ids];
        var alerts = new List<RuntimeAlerts>();
        ReplayResult result = await ReplayFile.RunAsync(
            Path.Combine(Traces, trace), new ReplayOptions { Settings = settings, Exceptions = exceptions, Profiles = profiles }, alerts.Add);
        Assert.Empty(result.Refused);
        return alerts;
    }
}
