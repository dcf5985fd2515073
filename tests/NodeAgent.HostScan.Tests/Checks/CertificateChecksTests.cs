// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Evaluation;
using NodeAgent.HostScan.Checks.Loading;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Tests.Layouts;
using NodeAgent.HostScan.Tests.Sensors;

namespace NodeAgent.HostScan.Tests.Checks;

public sealed class CertificateChecksTests : IDisposable
{
    private static readonly CheckEngine Engine = CheckEngine.Compile(CheckLibrary.Read(), ["kubelet", "controlPlane"]);

    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("2027-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "Pass", "Pass")]
    [InlineData("2026-07-01T00:00:01Z", "2026-06-01T00:00:00Z", "Pass", "Pass")]
    [InlineData("2026-07-01T00:00:00Z", "2026-06-01T00:00:00Z", "Pass", "Fail")]
    [InlineData("2026-06-01T00:00:01Z", "2026-06-01T00:00:00Z", "Pass", "Fail")]
    [InlineData("2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z", "Fail", "Pass")]
    [InlineData("2020-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "Fail", "Pass")]
    public void Check_EndOfACertificate_IsComparedWithTheTimeOfTheScan(string end, string now, string hasNotEnded, string isFarAway)
    {
        Dictionary<string, CheckResult> results = Judge(Kubelet("2019-01-01T00:00:00Z", end), now);

        Assert.Equal((hasNotEnded, isFarAway), ($"{results["NA-X-001"].Outcome}", $"{results["NA-X-002"].Outcome}"));
        Assert.Equal((CheckSeverity.Critical, CheckSeverity.High), (results["NA-X-001"].Check.Severity, results["NA-X-002"].Check.Severity));
        Assert.Equal((CheckOutcome.NotApplicable, CheckOutcome.NotApplicable), (results["NA-X-003"].Outcome, results["NA-X-004"].Outcome));
    }

    // One that lives for a day, and is renewed each night, never has thirty days left.
    [Theory]
    [InlineData("2026-06-01T00:00:00Z", "2026-06-11T00:00:00Z", "2026-06-05T00:00:00Z", CheckOutcome.Pass)]
    [InlineData("2026-06-01T00:00:00Z", "2026-06-11T00:00:00Z", "2026-06-09T00:00:00Z", CheckOutcome.Fail)]
    public void Check_ShortLife_IsJudgedByTheFifthThatIsLeft(string begin, string end, string now, CheckOutcome outcome) =>
        Assert.Equal(outcome, Judge(Kubelet(begin, end), now)["NA-X-002"].Outcome);

    [Fact]
    public void Check_Evidence_NamesFileSubjectAndEnd()
    {
        EvidenceRow row = Assert.Single(Judge(Kubelet("2019-01-01T00:00:00Z", "2020-01-01T00:00:00Z"), "2026-06-01T00:00:00Z")["NA-X-001"].Evidence);

        Assert.Equal(("/pki/kubelet.crt", "CN=node = 2020-01-01T00:00:00Z"), (row.Source, row.Found));
    }

    [Theory]
    [InlineData("2026-02-01T00:00:00Z", CheckOutcome.Pass, CheckOutcome.Pass)]
    [InlineData("2026-12-15T00:00:00Z", CheckOutcome.Pass, CheckOutcome.Fail)]
    [InlineData("2027-02-01T00:00:00Z", CheckOutcome.Fail, CheckOutcome.Pass)]
    [InlineData("2037-02-01T00:00:00Z", CheckOutcome.Fail, CheckOutcome.Pass)]
    public void Check_KubeadmControlPlane_IsJudgedByItsFiles(string now, CheckOutcome hasNotEnded, CheckOutcome isFarAway)
    {
        HostScanResult scan = _tree.KubeadmControlPlaneNode(isRunning: true).Scan(KubernetesSensors.All) with { Time = DateTimeOffset.Parse(now, null) };
        Dictionary<string, CheckResult> results = Engine.Judge(scan).ToDictionary(result => result.Check.Id);

        Assert.Equal((hasNotEnded, isFarAway), (results["NA-X-003"].Outcome, results["NA-X-004"].Outcome));
        Assert.All(results["NA-X-003"].Evidence.Concat(results["NA-X-004"].Evidence).Where(row => row.Source is not null), row => Assert.StartsWith("/etc/kubernetes/", row.Source, StringComparison.Ordinal));
    }

    [Fact]
    public void Check_TimeThatIsNone_IsUnknown() => Assert.Equal(CheckOutcome.Unknown, Judge(Kubelet("2019-01-01T00:00:00Z", "never"), "2026-06-01T00:00:00Z")["NA-X-001"].Outcome);

    [Fact]
    public void Check_NoCertificate_IsNotApplicable() => Assert.Equal(CheckOutcome.NotApplicable, Judge("{}", "2026-06-01T00:00:00Z")["NA-X-001"].Outcome);

    private static string Kubelet(string begin, string end) =>
        $$$"""{"tlsCertFile":{"path":"/pki/kubelet.crt","certificates":[{"subject":"CN=node","notBefore":"{{{begin}}}","notAfter":"{{{end}}}"}]},"configFile":{"path":"/x"}}""";

    private static Dictionary<string, CheckResult> Judge(string kubelet, string now) =>
        Engine.Judge(TestDocuments.Scan(TestDocuments.Document("KubeletInfo", "kubelet", kubelet)) with { Time = DateTimeOffset.Parse(now, null) }).ToDictionary(result => result.Check.Id);
}
