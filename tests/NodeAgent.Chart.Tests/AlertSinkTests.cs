// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests;

public sealed class AlertSinkTests
{
    private const string Sinks = """config.alerts.sinks=[{"name":"siem","type":"syslogTls","address":"siem:6514","tls":{"caFile":"/etc/node-agent-secrets/siem.tls/ca.crt"}},{"type":"splunk","url":"https://splunk:8088","tokenFile":"/etc/node-agent-secrets/hec/token"}]""";

    [Fact]
    public async Task Render_Sinks_AreInTheConfigurationFile()
    {
        Manifest manifest = await Helm.RenderAsync("--set-json", Sinks);

        var stream = new YamlStream();
        var data = (YamlMappingNode)Manifest.At(manifest.Object("ConfigMap"), "data")!;
        stream.Load(new StringReader(((YamlScalarNode)data.Children[new YamlScalarNode("config.yaml")]).Value!));
        Assert.Equal("syslogTls", Manifest.Scalar(stream.Documents[0].RootNode, "alerts.sinks.0.type"));
        Assert.Equal("/etc/node-agent-secrets/hec/token", Manifest.Scalar(stream.Documents[0].RootNode, "alerts.sinks.1.tokenFile"));
    }

    [Fact]
    public async Task Render_Secrets_AreMountedReadOnlyWhereSinksLookForThem()
    {
        Manifest manifest = await Helm.RenderAsync("--set-json", Sinks, "--set-json", """alerts.secrets=["siem.tls","hec"]""");

        var mounts = ((YamlSequenceNode)Manifest.At(manifest.Container, "volumeMounts")!).Children.ToDictionary(mount => Manifest.Scalar(mount, "mountPath")!, mount => mount);
        var volumes = ((YamlSequenceNode)Manifest.At(manifest.PodSpec, "volumes")!).Children.ToDictionary(volume => Manifest.Scalar(volume, "name")!, volume => volume);
        foreach (string secret in (string[])["siem.tls", "hec"])
        {
            YamlNode mount = mounts[$"/etc/node-agent-secrets/{secret}"];
            Assert.Equal("true", Manifest.Scalar(mount, "readOnly"));
            string name = Manifest.Scalar(mount, "name")!;
            Assert.Matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", name);
            Assert.Equal(secret, Manifest.Scalar(volumes[name], "secret.secretName"));
        }
    }

    [Theory]
    [InlineData("[]", false)]
    [InlineData("""[{"type":"kubernetesEvents"}]""", true)]
    [InlineData("""[{"type":"kubernetesEvents","url":"https://other"}]""", false)]
    public async Task Render_KubernetesEvents_GetTheRightOnlyWhenTheyAreWanted(string sinks, bool expected)
    {
        ProgramResult result = await Helm.TemplateAsync("--set-json", $"config.alerts.sinks={sinks}");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(expected, result.Output.Contains("events.k8s.io", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Render_NetworkPolicy_LetsOutWhatIsAskedFor()
    {
        Manifest manifest = await Helm.RenderAsync("--set", "networkPolicy.enabled=true", "--set-json", """networkPolicy.egress=[{"ports":[{"port":6514,"protocol":"TCP"}]}]""");

        Assert.Equal("6514", Manifest.Scalar(manifest.Object("NetworkPolicy"), "spec.egress.0.ports.0.port"));
        Assert.Equal("443", Manifest.Scalar(manifest.Object("NetworkPolicy"), "spec.egress.1.ports.0.port"));
    }

    [Theory]
    [InlineData("""config.alerts.sinks=[{"type":"carrierPigeon"}]""")]
    [InlineData("""config.alerts.sinks=[{"name":"no type"}]""")]
    [InlineData("""config.alerts.sinks=[{"type":"loki","format":"xml"}]""")]
    [InlineData("""alerts.secrets=["Not_A_Name"]""")]
    public async Task Template_BadSink_IsRefusedByTheSchema(string value) =>
        Assert.NotEqual(0, (await Helm.TemplateAsync("--set-json", value)).ExitCode);
}
