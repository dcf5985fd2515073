// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests;

/// <summary>What the agent's pod may do, to the letter: a right that is added or lost must change a test.</summary>
public sealed partial class SecurityTests
{
    private static readonly string[] Capabilities = ["BPF", "PERFMON", "NET_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH", "SYS_RESOURCE"];

    [Fact]
    public async Task Container_Capabilities_AreExactlyThese()
    {
        Manifest manifest = await Helm.RenderAsync();

        Assert.Equal(["ALL"], Manifest.List(manifest.Container, "securityContext.capabilities.drop"));
        Assert.Equal(Capabilities, Manifest.List(manifest.Container, "securityContext.capabilities.add"));
    }

    [Fact]
    public async Task Container_NewKernels_NeedNoSysResource()
    {
        Manifest manifest = await Helm.RenderAsync("--set", "security.legacyMemlock=false");

        Assert.Equal(Capabilities[..^1], Manifest.List(manifest.Container, "securityContext.capabilities.add"));
    }

    [Fact]
    public async Task Container_ProgramStats_NeedsSysAdmin()
    {
        Manifest manifest = await Helm.RenderAsync("--set", "config.bpf.programStats=true");

        Assert.Equal([.. Capabilities[..^1], "SYS_ADMIN", Capabilities[^1]], Manifest.List(manifest.Container, "securityContext.capabilities.add"));
    }

    [Fact]
    public async Task Container_EachCapability_HasAReason()
    {
        Manifest manifest = await Helm.RenderAsync();

        foreach (string capability in Capabilities)
        {
            Assert.Matches($@"(?m)^\s+- {capability} # \S.{{20,}}$", manifest.Text);
        }
    }

    [Fact]
    public async Task Container_Rights_AreTheLeast()
    {
        YamlMappingNode container = (await Helm.RenderAsync()).Container;

        Assert.Equal("false", Manifest.Scalar(container, "securityContext.privileged"));
        Assert.Equal("false", Manifest.Scalar(container, "securityContext.allowPrivilegeEscalation"));
        Assert.Equal("true", Manifest.Scalar(container, "securityContext.readOnlyRootFilesystem"));
    }

    [Fact]
    public async Task Pod_PinPath_MountsTheNodesBpffs()
    {
        Manifest manifest = await Helm.RenderAsync("--set", "config.bpf.pinPath=/sys/fs/bpf/node-agent");

        var hostPaths = ((YamlSequenceNode)Manifest.At(manifest.PodSpec, "volumes")!)
            .Select(volume => Manifest.Scalar(volume, "hostPath.path")).OfType<string>();
        Assert.Equal(["/var/lib/node-agent", "/sys/fs/cgroup", "/sys/fs/bpf", "/", "/run"], hostPaths);
        Assert.Equal(Capabilities, Manifest.List(manifest.Container, "securityContext.capabilities.add"));
    }

    [Fact]
    public async Task Pod_HostAccess_IsExactlyThis()
    {
        Manifest manifest = await Helm.RenderAsync();

        Assert.Equal("true", Manifest.Scalar(manifest.PodSpec, "hostPID"));
        Assert.Null(Manifest.At(manifest.PodSpec, "hostNetwork"));
        Assert.Null(Manifest.At(manifest.PodSpec, "hostIPC"));
        var hostPaths = ((YamlSequenceNode)Manifest.At(manifest.PodSpec, "volumes")!)
            .Select(volume => Manifest.Scalar(volume, "hostPath.path")).OfType<string>();
        Assert.Equal(["/var/lib/node-agent", "/sys/fs/cgroup", "/", "/run"], hostPaths);
    }

    // Who does not want the node to be scanned gives nothing of it away.
    [Fact]
    public async Task Pod_HostScanOff_DoesNotSeeTheNodesRoot()
    {
        Manifest manifest = await Helm.RenderAsync("--set", "config.hostScan.enabled=false");

        var hostPaths = ((YamlSequenceNode)Manifest.At(manifest.PodSpec, "volumes")!)
            .Select(volume => Manifest.Scalar(volume, "hostPath.path")).OfType<string>();
        Assert.Equal(["/var/lib/node-agent", "/sys/fs/cgroup", "/run"], hostPaths);
        Assert.DoesNotContain("/host", ((YamlSequenceNode)Manifest.At(manifest.Container, "volumeMounts")!).Select(mount => Manifest.Scalar(mount, "mountPath")));
    }

    [Fact]
    public async Task Pod_EveryMount_IsReadOnlyButTheData()
    {
        Manifest manifest = await Helm.RenderAsync();

        var writable = ((YamlSequenceNode)Manifest.At(manifest.Container, "volumeMounts")!)
            .Where(mount => Manifest.Scalar(mount, "readOnly") != "true")
            .Select(mount => Manifest.Scalar(mount, "name"));
        Assert.Equal(["data"], writable);
    }

    [Fact]
    public async Task Rbac_NoRule_NoRoleAndNoToken()
    {
        Manifest manifest = await Helm.RenderAsync("--set-json", "rbac.rules=[]");

        Assert.False(manifest.Has("ClusterRole"));
        Assert.False(manifest.Has("ClusterRoleBinding"));
        Assert.Equal("false", Manifest.Scalar(manifest.PodSpec, "automountServiceAccountToken"));
        Assert.Equal("false", Manifest.Scalar(manifest.Object("ServiceAccount"), "automountServiceAccountToken"));
    }

    [Fact]
    public async Task Rbac_Default_IsExactlyWhatTheAgentReads()
    {
        Manifest manifest = await Helm.RenderAsync();

        var rules = ((YamlSequenceNode)Manifest.At(manifest.Object("ClusterRole"), "rules")!)
            .Select(rule => $"{string.Join(',', Manifest.List(rule, "apiGroups"))}/{string.Join(',', Manifest.List(rule, "resources"))} {string.Join(',', Manifest.List(rule, "verbs"))}");
        Assert.Equal(
            [
                "/pods list,watch", "/services,nodes list,watch", "discovery.k8s.io/endpointslices list,watch", "apps/replicasets get", "batch/jobs get",
                "/replicationcontrollers get", "kubescape.io/rules,runtimerulealertbindings,ruleexceptions list,watch", "/namespaces list,watch", "kubescape.io/rules/status,ruleexceptions/status patch",
            ],
            rules);
        Assert.Equal("true", Manifest.Scalar(manifest.PodSpec, "automountServiceAccountToken"));
    }

    [Fact]
    public async Task Rbac_Rule_IsRenderedUnderItsReasonAndBound()
    {
        Manifest manifest = await Helm.RenderAsync("--set-json",
            """rbac.rules=[{"reason":"Finds the workload of a container.","apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}]""");

        YamlMappingNode role = manifest.Object("ClusterRole");
        Assert.Matches(RuleUnderReason(), manifest.Text);
        Assert.Equal(["pods"], Manifest.List(role, "rules.0.resources"));
        Assert.Null(Manifest.At(role, "rules.0.reason"));
        Assert.Equal("test-node-agent", Manifest.Scalar(manifest.Object("ClusterRoleBinding"), "subjects.0.name"));
        Assert.Equal("true", Manifest.Scalar(manifest.PodSpec, "automountServiceAccountToken"));
    }

    [Fact]
    public async Task Rbac_OwnersOfOtherKinds_MayBeReadAndNothingElse()
    {
        Manifest before = await Helm.RenderAsync();
        Manifest manifest = await Helm.RenderAsync(
            "--set-json", """rbac.owners=[{"apiGroup":"argoproj.io","resources":["rollouts","workflows"]},{"apiGroup":"tekton.dev","resources":["taskruns"]}]""");

        int own = ((YamlSequenceNode)Manifest.At(before.Object("ClusterRole"), "rules")!).Children.Count;
        var rules = ((YamlSequenceNode)Manifest.At(manifest.Object("ClusterRole"), "rules")!)
            .Skip(own).Select(rule => $"{string.Join(',', Manifest.List(rule, "apiGroups"))}/{string.Join(',', Manifest.List(rule, "resources"))} {string.Join(',', Manifest.List(rule, "verbs"))}");
        Assert.Equal(["argoproj.io/rollouts,workflows get", "tekton.dev/taskruns get"], rules);
    }

    [Theory]
    [InlineData("1.29.3", false)]
    [InlineData("1.30.0", true)]
    [InlineData("1.35.2-gke.1", true)]
    public async Task Pod_AppArmor_IsSaidAsTheClusterReadsIt(string version, bool asField)
    {
        Manifest manifest = await Helm.RenderAsync("--kube-version", version);

        Assert.Equal(asField ? "Unconfined" : null, Manifest.Scalar(manifest.Container, "securityContext.appArmorProfile.type"));
        Assert.Equal(!asField, manifest.Text.Contains("container.apparmor.security.beta.kubernetes.io/node-agent: unconfined", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"(?m)^  # Finds the workload of a container\.\n  -\s+apiGroups:")]
    private static partial Regex RuleUnderReason();
}
