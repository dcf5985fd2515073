// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Chart.Tests;

/// <summary>values.schema.json refuses what the templates would silently ignore or render wrongly.</summary>
public sealed class SchemaTests
{
    [Theory]
    [InlineData("tolerations=[]")]
    [InlineData("config.bpf.disabledSensors=[\"dns\"]")]
    [InlineData("config.profiles.learningPeriod=\"1h30m\"")]
    [InlineData("resources.limits.cpu=1")]
    [InlineData("data.hostPath=\"\"")]
    [InlineData("global.anything=1")]
    public async Task Values_Good_AreTaken(string value)
    {
        ProgramResult result = await Helm.TemplateAsync("--set-json", value);

        Assert.True(result.ExitCode == 0, result.Errors);
    }

    [Theory]
    [InlineData("unknown=1", "unknown")]
    [InlineData("image.tga=\"v1\"", "tga")]
    [InlineData("config.profiles.learningPeriode=\"1h\"", "learningPeriode")]
    [InlineData("config.profiles.learningPeriod=\"soon\"", "learningPeriod")]
    [InlineData("config.profiles.learningPeriod=60", "learningPeriod")]
    [InlineData("config.dataDirectory=\"/x\"", "dataDirectory")] // the chart's to set
    [InlineData("operations.port=\"9465\"", "port")]
    [InlineData("operations.port=70000", "port")]
    [InlineData("security.seccompProfile=\"None\"", "seccompProfile")]
    [InlineData("security.privileged=true", "privileged")]
    [InlineData("data.hostPath=\"relative\"", "hostPath")]
    [InlineData("resources.limits.memory=\"lots\"", "memory")]
    [InlineData("image.digest=\"sha256:short\"", "digest")]
    [InlineData("rbac.rules=[{\"verbs\":[\"get\"]}]", "reason")]
    [InlineData("rbac.rules=[{\"reason\":\"because it can\",\"verbs\":[\"*\"]}]", "verbs")]
    [InlineData("rbac.owners=[{\"resources\":[\"rollouts\"]}]", "apiGroup")]
    [InlineData("rbac.owners=[{\"apiGroup\":\"argoproj.io\",\"resources\":[\"*\"]}]", "resources")]
    [InlineData("rbac.owners=[{\"apiGroup\":\"argoproj.io\",\"resources\":[\"rollouts\"],\"verbs\":[\"list\"]}]", "verbs")]
    public async Task Values_Bad_AreRefusedByName(string value, string name)
    {
        ProgramResult result = await Helm.TemplateAsync("--set-json", value);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(name, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_EveryObjectWithKeys_RefusesOthers()
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Helm.Chart, "values.schema.json")));

        Assert.Empty(OpenObjects(schema.RootElement, "values"));
    }

    private static IEnumerable<string> OpenObjects(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.EnumerateArray().SelectMany((item, i) => OpenObjects(item, $"{path}[{i}]"));
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        bool open = element.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object &&
                    (!element.TryGetProperty("additionalProperties", out JsonElement more) || more.ValueKind != JsonValueKind.False);
        return element.EnumerateObject().SelectMany(p => OpenObjects(p.Value, $"{path}.{p.Name}")).Concat(open ? [path] : []);
    }
}
