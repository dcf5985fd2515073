// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.Api.HostData;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Evaluation;
using NodeAgent.HostScan.Checks.Loading;
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Tests.Layouts;
using NodeAgent.HostScan.Tests.Sensors;

namespace NodeAgent.HostScan.Tests.Checks.Kubernetes;

/// <summary>Every check about Kubernetes over a node as it should be, and over one where everything is wrong.</summary>
public sealed class KubernetesChecksTests : IDisposable
{
    private static readonly string[] Sets = ["cis-kubernetes-node", "cis-kubernetes-control-plane", "nsa-cisa"];
    private static readonly CheckEngine Engine = CheckEngine.Compile(CheckLibrary.Read(), KubernetesSensors.All);

    private static readonly Lazy<Dictionary<string, CheckResult>> Hardened = new(() => Judge(isHardened: true, areFilesOpen: false));
    private static readonly Lazy<Dictionary<string, CheckResult>> Weak = new(() => Judge(isHardened: false, areFilesOpen: true));
    private static readonly Lazy<Dictionary<string, CheckResult>> OpenFiles = new(() => Judge(isHardened: true, areFilesOpen: true));

    // Of a file that a weak node does not name.
    private static readonly string[] OfOpenFiles = ["NA-CIS-4.1.7", "NA-CIS-4.1.8"];

    private readonly HostTree _tree = new();

    // From the files, so that a check cannot be added without being seen to pass and to fail.
    public static TheoryData<string> Ids => [.. CheckLibrary.Read().Checks.Where(check => Sets.Contains(check.Set.Id)).Select(check => check.Id)];

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Library_Files_AreRead()
    {
        string[] files = [.. Sets.Select(set => $"Checks/{set}.yaml")];

        Assert.DoesNotContain(Engine.Issues, issue => files.Any(issue.ToString().Contains));
        Assert.Equal([25, 68, 12], Sets.Select(set => Engine.Checks.Count(check => check.Set.Id == set)));
        Assert.All(Engine.Checks.Where(check => Sets.Contains(check.Set.Id)), check => Assert.NotEmpty(check.References));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Check_HardenedNode_Passes(string id)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can own files as root");
        CheckResult result = Hardened.Value[id];

        Assert.Equal((CheckOutcome.Pass, null), (result.Outcome, result.Message));
        Assert.NotEmpty(result.Evidence);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Check_WeakNode_FailsAndSaysWhatWasFound(string id)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give files to others");
        CheckResult result = (OfOpenFiles.Contains(id) ? OpenFiles : Weak).Value[id];

        Assert.Equal((CheckOutcome.Fail, null), (result.Outcome, result.Message));
        Assert.NotEmpty(result.Evidence);
        Assert.All(result.Evidence, row => Assert.DoesNotContain("unknown:", row.Found, StringComparison.Ordinal));
    }

    [Fact]
    public void Check_KubeletsConfiguration_IsShownWithItsLine()
    {
        EvidenceRow row = Assert.Single(Judge(_tree.KubeadmNode())["NA-CIS-4.2.13"].Evidence);

        Assert.Equal((KubeadmWorker.KubeletConfig, 18, "podPidsLimit = 4096"), (row.Source, row.Line, row.Found));
    }

    [Fact]
    public void Check_Worker_HasNoControlPlane()
    {
        Dictionary<string, CheckResult> results = Judge(_tree.KubeadmNode());

        Assert.All(results.Values.Where(result => result.Check.Set.Id == "cis-kubernetes-control-plane"), result => Assert.Equal(CheckOutcome.NotApplicable, result.Outcome));
        Assert.DoesNotContain(CheckOutcome.NotApplicable, results.Values.Where(result => result.Check.Set.Id == "cis-kubernetes-node").Select(result => result.Outcome));
    }

    [Fact]
    public void Check_MachineThatIsNoNode_IsAskedAboutItsRuntimeAlone() => Assert.Equal(
        ["NA-NSA-009", "NA-NSA-010"],
        Judge(_tree.MinimalDebian()).Where(result => result.Value.Outcome != CheckOutcome.NotApplicable).Select(result => result.Key).Order(StringComparer.Ordinal));

    // The one process of k3s does not tell its own flags: nothing is said of them.
    [Fact]
    public void Check_K3sServer_FlagsOfTheControlPlaneAreNotJudged()
    {
        Dictionary<string, CheckResult> results = Judge(_tree.K3sServer());

        Assert.All(results.Where(result => result.Key.StartsWith("NA-CIS-1.2.", StringComparison.Ordinal)), result => Assert.Equal(CheckOutcome.NotApplicable, result.Value.Outcome));
        Assert.Equal(CheckOutcome.Pass, results["NA-CIS-4.2.1"].Outcome);
        Assert.DoesNotContain(CheckOutcome.Unknown, results.Values.Select(result => result.Outcome));
    }

    // A default would be a claim about what nobody could read.
    [Theory]
    [InlineData("authentication: {anonymous: {enabled: fal")]
    [InlineData("\0")]
    [InlineData("")]
    public void Check_KubeletsConfigurationIsUnreadable_IsUnknown(string text)
    {
        _tree.KubeadmNode().File(KubeadmWorker.KubeletConfig, text);

        Dictionary<string, CheckResult> results = Judge(_tree);

        string[] fromFlags = ["NA-CIS-4.2.7"];
        Assert.All(
            results.Where(result => result.Key.StartsWith("NA-CIS-4.2.", StringComparison.Ordinal) && !fromFlags.Contains(result.Key)),
            result => Assert.Equal((result.Key, CheckOutcome.Unknown), (result.Key, result.Value.Outcome)));
        Assert.Contains(KubeadmWorker.KubeletConfig, results["NA-CIS-4.2.1"].Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, CheckResult> Judge(bool isHardened, bool areFilesOpen)
    {
        using var tree = new HostTree();
        tree.KubeadmControlPlaneNode(isHardened: isHardened, isRunning: isHardened);
        if (areFilesOpen && Environment.IsPrivilegedProcess)
        {
            string[] folders = [tree.At("/etc"), tree.At("/var"), tree.At("/usr"), tree.At("/run")];
            Run("chown", ["-R", "-h", "65534:65534", .. folders]);
            Run("chmod", ["-R", "a+rw", .. folders]);
        }

        return Judge(tree, new Answers(!isHardened));
    }

    private static void Run(string program, string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static Dictionary<string, CheckResult> Judge(HostTree tree, IMetadataServices? services = null) => Engine
        .Judge(tree.Scan(KubernetesSensors.Create(services)), check => Sets.Contains(check.Set.Id), TestContext.Current.CancellationToken)
        .ToDictionary(result => result.Check.Id);

    /// <summary>A cloud whose metadata service asks for a token, or does not.</summary>
    private sealed class Answers(bool isPlain) : IMetadataServices
    {
        public IReadOnlyList<MetadataAccess> Ask(CancellationToken stop) =>
            [new MetadataAccess { Service = "aws-imdsv1", Answers = isPlain, IsPlain = true, Status = isPlain ? 200 : 401 }, new MetadataAccess { Service = "aws-imdsv2", Answers = true, Status = 200 }];
    }
}
