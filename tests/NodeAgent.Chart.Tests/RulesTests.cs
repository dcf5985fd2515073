// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests;

/// <summary>The rules that the chart installs, the binding that makes them hold, and the definitions of both.</summary>
public sealed class RulesTests
{
    private static readonly string Library = Path.Combine(Helm.Repository, "src/NodeAgent.Rules/Library");

    [Fact]
    public async Task DefaultBinding_AndDefaultRules_Agree()
    {
        Manifest manifest = await Helm.RenderAsync();
        string[] rules = [.. Items(manifest.Object("Rules"), "spec.rules").Select(rule => Manifest.Scalar(rule, "id")!)];
        string[] bound = [.. Items(manifest.Object("RuntimeRuleAlertBinding"), "spec.rules").Select(rule => Manifest.Scalar(rule, "ruleID")!)];

        Assert.Equal(rules, bound);
        Assert.Equal(Directory.GetFiles(Library, "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file).ToUpperInvariant()).Order(StringComparer.Ordinal), rules);
    }

    [Fact]
    public async Task DefaultRules_AreThoseOfTheLibrary()
    {
        Manifest manifest = await Helm.RenderAsync();
        foreach (YamlMappingNode rule in Items(manifest.Object("Rules"), "spec.rules"))
        {
            string id = Manifest.Scalar(rule, "id")!;
            var source = new YamlStream();
            using StreamReader reader = File.OpenText(Path.Combine(Library, id.ToLowerInvariant() + ".yaml"));
            source.Load(reader);
            YamlMappingNode own = Items(source.Documents[0].RootNode, "spec.rules").Single();
            Assert.Equal(own.Children.Count, rule.Children.Count);
            foreach (string text in (string[])["name", "enabled", "severity", "profileDependency", "description", "remediation", "expressions.message", "expressions.uniqueId", "expressions.ruleExpression.0.expression"])
            {
                Assert.Equal(Manifest.Scalar(own, text), Manifest.Scalar(rule, text));
            }
        }
    }

    [Fact]
    public async Task DefaultObjects_FitTheirDefinitions()
    {
        Manifest manifest = await Helm.RenderAsync();

        AssertFits(manifest.Object("Rules"), Schema("rules"), "rules");
        AssertFits(manifest.Object("RuntimeRuleAlertBinding"), Schema("runtimerulealertbindings"), "binding");
    }

    [Fact]
    public void Exception_WithEveryField_FitsItsDefinition()
    {
        var exception = new YamlStream();
        exception.Load(new StringReader("""
            apiVersion: kubescape.io/v1
            kind: RuleException
            metadata: {name: backup}
            spec:
              ruleIds: [R0010]
              ruleTags: [files]
              namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}
              podSelector: {matchExpressions: [{key: app, operator: In, values: [backup]}]}
              workload: {kind: CronJob, name: backup}
              containerName: backup
              image: registry.example/backup:1
              condition: event.path == "/etc/shadow"
              acceptAll: false
              expiresAt: "2030-01-31T00:00:00Z"
              reason: the nightly backup reads it
              createdBy: ops
            status:
              observedGeneration: 1
              conditions: [{type: Compiled, status: "True", observedGeneration: 1, lastTransitionTime: "2026-01-01T00:00:00Z", reason: Compiles, message: in force}]
            """));

        AssertFits(exception.Documents[0].RootNode, Schema("ruleexceptions"), "exception");
    }

    [Fact]
    public async Task Render_WithoutRules_HasNoneAndNoRightToThem()
    {
        Manifest manifest = await Helm.RenderAsync("--set", "rules.install=false");

        Assert.False(manifest.Has("Rules") || manifest.Has("RuntimeRuleAlertBinding"));
        Assert.DoesNotContain("kubescape.io]", manifest.Text, StringComparison.Ordinal);
    }

    private static YamlMappingNode[] Items(YamlNode node, string path) => [.. ((YamlSequenceNode)Manifest.At(node, path)!).Cast<YamlMappingNode>()];

    private static YamlNode Schema(string name)
    {
        var definition = new YamlStream();
        using StreamReader reader = File.OpenText(Path.Combine(Helm.Chart, "crds", name + ".yaml"));
        definition.Load(reader);
        return Manifest.At(definition.Documents[0].RootNode, "spec.versions.0.schema.openAPIV3Schema")!;
    }

    // What a structural schema asks: no unknown field (it would be cut), each that is required, the right kind of value.
    private static void AssertFits(YamlNode value, YamlNode schema, string at)
    {
        switch (Manifest.Scalar(schema, "type"))
        {
            case "object" when Manifest.At(schema, "properties") is YamlMappingNode properties:
                var map = (YamlMappingNode)value;
                Assert.All(Manifest.List(schema, "required"), key => Assert.True(map.Children.ContainsKey(new YamlScalarNode(key)), $"{at} lacks {key}"));
                foreach ((YamlNode key, YamlNode child) in map.Children)
                {
                    Assert.True(properties.Children.TryGetValue(key, out YamlNode? inner), $"{at}.{key} is not in the definition");
                    AssertFits(child, inner, $"{at}.{key}");
                }

                break;
            case "array":
                Assert.All(((YamlSequenceNode)value).Children, child => AssertFits(child, Manifest.At(schema, "items")!, at + "[]"));
                break;
            case "integer":
                Assert.True(long.TryParse(((YamlScalarNode)value).Value, out _), at);
                break;
            case "boolean":
                Assert.True(((YamlScalarNode)value).Value is "true" or "false", at);
                break;
            case "string":
                Assert.IsType<YamlScalarNode>(value);
                break;
        }
    }
}
