// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.HostScan.Drift;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Tests.Checks;

namespace NodeAgent.HostScan.Tests.Drift;

public sealed class HostBaselineTests
{
    [Fact]
    public void Compare_FirstScan_TellsNothing()
    {
        Assert.Empty(HostBaseline.None.Compare(Ports("22"), DriftRules.All, out HostBaseline next));
        Assert.Equal(1, next.Number);
        Assert.Empty(next.Compare(Ports("22"), DriftRules.All, out HostBaseline same));
        Assert.Same(next, same);
    }

    [Theory]
    [InlineData("OpenPortsList", "tcpPorts", """{"transport":"tcp","localAddress":"0.0.0.0","localPort":4444,"processes":[{"pid":7,"executable":"/tmp/x"}]}""", "NA-H001", "New listening port: tcp 0.0.0.0 4444 (/tmp/x)")]
    [InlineData("OpenPortsList", "udpPorts", """{"transport":"udp","localAddress":"::","localPort":53}""", "NA-H002", "New UDP port: udp :: 53")]
    [InlineData("KernelModules", "modules", """{"name":"rootkit","signed":false}""", "NA-H004", "New kernel module: rootkit")]
    [InlineData("HostFilePermissions", "setIdFiles", """{"path":"/usr/bin/x","permissions":2541,"sha256":"aa","ownership":{"uid":0,"gid":0}}""", "NA-H005", "New SUID or SGID file: /usr/bin/x (aa 2541 0 0)")]
    [InlineData("KubeletInfo", "settings", """{"key":"readOnlyPort","value":10255,"source":"command line"}""", "NA-H006", "New kubelet setting: readOnlyPort (10255)")]
    [InlineData("ControlPlaneInfo", "APIServerInfo.settings", """{"key":"anonymous-auth","value":true}""", "NA-H007", "New setting of the API server: anonymous-auth (true)")]
    [InlineData("SshdSettings", "settings", """{"key":"permitrootlogin","value":"yes"}""", "NA-H008", "New setting of the SSH server: permitrootlogin (yes)")]
    [InlineData("HostUsers", "users", """{"name":"eve","uid":0}""", "NA-H009", "New user with uid 0: eve")]
    [InlineData("HostUsers", "users", """{"name":"eve","uid":1000,"password":"empty"}""", "NA-H010", "New user whose password is empty: eve")]
    [InlineData("HostUsers", "privilegedGroups", """{"name":"docker","members":["eve"]}""", "NA-H011", "New privileged group: docker ([\"eve\"])")]
    [InlineData("SudoRules", "rules", """{"who":"eve","hosts":"ALL","commands":"ALL","noPassword":true}""", "NA-H012", "New sudo rule: eve ALL ALL (true)")]
    [InlineData("LinuxKernelVariables", "kernelVariables", """{"key":"kernel.kptr_restrict","value":"0"}""", "NA-H013", "New kernel variable: kernel.kptr_restrict (0)")]
    [InlineData("ScheduledTasks", "cronTasks", """{"schedule":"@reboot","user":"root","program":"/tmp/x","source":"/etc/cron.d/x","line":3}""", "NA-H014", "New cron task: /etc/cron.d/x root @reboot /tmp/x")]
    [InlineData("ScheduledTasks", "units", """{"unit":"x.service","path":"/etc/systemd/system/x.service","program":"/tmp/x"}""", "NA-H015", "New systemd unit: /etc/systemd/system/x.service (/tmp/x)")]
    [InlineData("LinuxSecurityHardeningStatus", "settings", """{"key":"selinux.mode","value":"permissive"}""", "NA-H016", "New setting of the kernel's security: selinux.mode (permissive)")]
    public void Compare_EntryThatAppears_IsTold(string kind, string list, string entry, string rule, string message)
    {
        HostBaseline.None.Compare(Scan(kind, list, string.Empty), DriftRules.All, out HostBaseline before);

        DriftFinding finding = Assert.Single(before.Compare(Scan(kind, list, entry), DriftRules.All, out HostBaseline after));

        Assert.Equal((rule, message, DriftChange.Appeared), (finding.Rule.Id, finding.Message, finding.Change));
        Assert.Empty(after.Compare(Scan(kind, list, entry), DriftRules.All, out _));
    }

    [Theory]
    [InlineData("OpenPortsList", "udpPorts", """{"transport":"udp","localAddress":"::","localPort":51234}""")]
    [InlineData("HostUsers", "users", """{"name":"bob","uid":1000,"password":"set"}""")]
    [InlineData("LinuxKernelVariables", "kernelVariables", """{"key":"kernel.ns_last_pid","value":"7"}""")]
    [InlineData("ScheduledTasks", "cronTasks", "{}")]
    [InlineData("ScheduledTasks", "cronTasks", "7")]
    public void Compare_EntryThatIsNoMatter_IsNotTold(string kind, string list, string entry)
    {
        HostBaseline.None.Compare(Scan(kind, list, string.Empty), DriftRules.All, out HostBaseline before);

        Assert.Empty(before.Compare(Scan(kind, list, entry), DriftRules.All, out _));
    }

    [Theory]
    [InlineData("SshdSettings", "settings", """{"key":"a","value":"no","line":1}""", """{"key":"a","value":"yes","line":1}""", "The setting of the SSH server a changed from no to yes")]
    [InlineData("SshdSettings", "settings", """{"key":"a","value":"no","line":1}""", """{"key":"a","value":"no","line":9}""", null)]
    [InlineData("SshdSettings", "settings", """{"key":"a","value":"no"}""", "", "The setting of the SSH server a (no) is gone")]
    [InlineData("KernelModules", "modules", """{"name":"a"}""", "", null)]
    [InlineData("HostFilePermissions", "setIdFiles", """{"path":"/a","sha256":"1","permissions":1}""", """{"path":"/a","sha256":"2","permissions":1}""", "The SUID or SGID file /a changed from 1 1 to 2 1")]
    [InlineData("OpenPortsList", "tcpPorts", """{"localPort":1,"processes":[{"executable":"/a"}]}""", """{"localPort":1,"processes":[]}""", null)]
    public void Compare_EntryThatChanges_IsToldAsItsRuleSays(string kind, string list, string before, string after, string? message)
    {
        HostBaseline.None.Compare(Scan(kind, list, before), DriftRules.All, out HostBaseline baseline);

        Assert.Equal(message is null ? [] : [message], baseline.Compare(Scan(kind, list, after), DriftRules.All, out _).Select(finding => finding.Message));
    }

    // What could not be read now was not undone, and is no news when it can be read again.
    [Fact]
    public void Compare_DocumentThatCouldNotBeRead_KeepsWhatWasKnown()
    {
        HostBaseline.None.Compare(Ports("1", "2"), DriftRules.All, out HostBaseline baseline);

        Assert.Empty(baseline.Compare(TestDocuments.Scan(TestDocuments.Document("OpenPortsList", "ports", null, "may not be read")), DriftRules.All, out baseline));
        Assert.Empty(baseline.Compare(TestDocuments.Scan(TestDocuments.Document("OpenPortsList", "ports", """{"tcpPorts":[{"localPort":1}]}""", "cut")), DriftRules.All, out baseline));
        Assert.Equal("New listening port: 3", Assert.Single(baseline.Compare(TestDocuments.Scan(TestDocuments.Document("OpenPortsList", "ports", """{"tcpPorts":[{"localPort":3}]}""", "cut")), DriftRules.All, out baseline)).Message);
        Assert.Empty(baseline.Compare(Ports("1", "2", "3"), DriftRules.All, out baseline));
    }

    [Fact]
    public void Compare_ThingOfWhichAListIsSeenFirst_TellsNothing()
    {
        HostBaseline.None.Compare(TestDocuments.Scan(TestDocuments.Document("KubeletInfo", "kubelet", null)), DriftRules.All, out HostBaseline baseline);

        Assert.Empty(baseline.Compare(Scan("KubeletInfo", "settings", """{"key":"a","value":1}"""), DriftRules.All, out baseline));
        Assert.Single(baseline.Compare(Scan("KubeletInfo", "settings", """{"key":"a","value":2}"""), DriftRules.All, out _));
    }

    [Fact]
    public void Write_Read_IsTheSame()
    {
        HostBaseline.None.Compare(Scan("SudoRules", "rules", """{"who":"a\u001b\"é","hosts":"b"}"""), DriftRules.All, out HostBaseline baseline);

        HostBaseline read = HostBaseline.Read(baseline.Write())!;

        Assert.Equal(baseline.Write(), read.Write());
        Assert.Empty(read.Compare(Scan("SudoRules", "rules", """{"who":"a\u001b\"é","hosts":"b"}"""), DriftRules.All, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"version\":2,\"number\":1,\"facts\":{}}")]
    [InlineData("{\"version\":1,\"number\":1,\"facts\":[]}")]
    [InlineData("{\"version\":1,\"number\":1,\"facts\":{\"a\":{\"b\":1}}}")]
    [InlineData("{\"version\":1,\"number\":1,\"facts\":{\"a\":{},\"a\":{}}}")]
    public void Read_WhatIsNoBaseline_IsNone(string text) => Assert.Null(HostBaseline.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void All_Rules_HaveAPlaceOfTheirOwn()
    {
        Assert.Equal(DriftRules.All.Count, DriftRules.All.Select(rule => rule.Place).Distinct().Count());
        Assert.All(DriftRules.All, rule => Assert.InRange(rule.Severity, 1, 10));
    }

    private static HostScanResult Ports(params string[] ports) => Scan("OpenPortsList", "tcpPorts", string.Join(',', ports.Select(port => $"{{\"localPort\":{port}}}")));

    private static HostScanResult Scan(string kind, string list, string entries)
    {
        string[] steps = list.Split('.');
        string spec = $"{{\"{steps[^1]}\":[{entries}]}}";
        return TestDocuments.Scan(TestDocuments.Document(kind, kind, steps.Length == 1 ? spec : $"{{\"{steps[0]}\":{spec}}}"));
    }
}
