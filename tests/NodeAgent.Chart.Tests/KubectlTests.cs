// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Chart.Tests.Storage;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests;

/// <summary>
/// Kubernetes' own types read the DaemonSet and the storage's workload: kubectl decodes them (without a server), drops every field that it does not
/// know and refuses values of a wrong type. What went in must come out.
/// </summary>
public sealed class KubectlTests
{
    [Theory]
    [InlineData("sqlite", "daemonset")]
    [InlineData("certManager", "daemonset")]
    [InlineData("apiServer", "daemonset")]
    [InlineData("sqlite", "storage/workload")]
    [InlineData("everything", "storage/workload")]
    public async Task Workload_ThroughKubectlsTypes_LosesNothing(string shape, string template)
    {
        string[] arguments = Show(template, Shapes.All[shape]);
        (int exitCode, string output, string errors) = await ThroughKubectlAsync(text => text, arguments);

        Assert.True(exitCode == 0, errors);
        Assert.Empty(await LostAsync(output, arguments));
    }

    [Fact]
    public async Task DaemonSet_ThroughKubectlsTypes_LosesNothing()
    {
        (int exitCode, string output, string errors) = await ThroughKubectlAsync(text => text);

        Assert.True(exitCode == 0, errors);
        Assert.Empty(await LostAsync(output));
    }

    [Fact]
    public async Task DaemonSet_MisspelledField_IsLost()
    {
        (_, string output, _) = await ThroughKubectlAsync(text => text.Replace("readOnlyRootFilesystem", "readOnlyRootFileSystem", StringComparison.Ordinal));

        Assert.Equal(["spec.template.spec.containers.0.securityContext.readOnlyRootFilesystem"], await LostAsync(output));
    }

    [Fact]
    public async Task DaemonSet_WrongType_IsRefused()
    {
        (int exitCode, _, string errors) = await ThroughKubectlAsync(text => text.Replace("hostPID: true", "hostPID: sometimes", StringComparison.Ordinal));

        Assert.NotEqual(0, exitCode);
        Assert.Contains("hostPID", errors, StringComparison.Ordinal);
    }

    private static string[] Show(string template, params string[] values) => ["--show-only", $"templates/{template}.yaml", .. values];

    private static async Task<string[]> LostAsync(string json, params string[] arguments)
    {
        Manifest manifest = await RenderAsync(arguments);
        using JsonDocument read = JsonDocument.Parse(json);
        return [.. Scalars(manifest.Object(read.RootElement.GetProperty("kind").GetString()!), "").Where(path => !Exists(read.RootElement, path))];
    }

    private static async Task<Manifest> RenderAsync(string[] arguments) =>
        await Helm.RenderAsync([.. arguments.Length == 0 ? Show("daemonset") : arguments, "--kube-version", await VersionAsync()]);

    private static async Task<ProgramResult> ThroughKubectlAsync(Func<string, string> change, params string[] arguments)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, change((await RenderAsync(arguments)).Text), TestContext.Current.CancellationToken);
            return await KubectlAsync("set", "image", "--local", "-f", file, "*=read:back", "-o", "json");
        }
        finally
        {
            File.Delete(file);
        }
    }

    // A kubectl older than 1.30 does not know the field of the AppArmor profile; the chart does not use it there either.
    private static async Task<string> VersionAsync()
    {
        using JsonDocument version = JsonDocument.Parse((await KubectlAsync("version", "--client", "-o", "json")).Output);
        string minor = version.RootElement.GetProperty("clientVersion").GetProperty("minor").GetString()!.TrimEnd('+');
        return int.Parse(minor, System.Globalization.CultureInfo.InvariantCulture) >= 30 ? "1.30.0" : "1.29.0";
    }

    private static async Task<ProgramResult> KubectlAsync(params string[] arguments)
    {
        try
        {
            return await Helm.RunAsync("kubectl", arguments);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("kubectl is not installed");
            throw;
        }
    }

    private static IEnumerable<string> Scalars(YamlNode node, string path) => node switch
    {
        // Keys with dots are labels and annotations: free text, which no type can lose.
        YamlMappingNode map => map.Children.Where(pair => !pair.Key.ToString().Contains('.', StringComparison.Ordinal))
            .SelectMany(pair => Scalars(pair.Value, path.Length == 0 ? pair.Key.ToString() : $"{path}.{pair.Key}")),
        YamlSequenceNode list => list.Children.SelectMany((child, i) => Scalars(child, $"{path}.{i}")),
        YamlScalarNode { Value: "false" } => [], // kubectl leaves out some zero values
        _ => [path],
    };

    private static bool Exists(JsonElement element, string path)
    {
        foreach (string part in path.Split('.'))
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                int index = int.Parse(part, System.Globalization.CultureInfo.InvariantCulture);
                if (index >= element.GetArrayLength())
                {
                    return false;
                }

                element = element[index];
            }
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(part, out element))
            {
                return false;
            }
        }

        return true;
    }
}
