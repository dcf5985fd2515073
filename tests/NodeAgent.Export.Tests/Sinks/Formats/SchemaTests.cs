// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Formats;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Formats;

/// <summary>Documents against the published definitions of their formats: every field is one of it and of its type, and those that must be there are.</summary>
public sealed class SchemaTests
{
    /// <summary>Fields of ECS 8.11 (elastic.co/guide/en/ecs/8.11), with its types.</summary>
    private static readonly FieldTable Ecs = new("""
        @timestamp date!
        message text
        labels map
        ecs.version keyword!
        event.kind enum(alert,asset,enrichment,event,metric,state,pipeline_error,signal)!
        event.category[] enum(api,authentication,configuration,database,driver,email,file,host,iam,intrusion_detection,library,malware,network,package,process,registry,session,threat,vulnerability,web)
        event.type[] enum(access,admin,allowed,change,connection,creation,deletion,denied,end,error,group,indicator,info,installation,protocol,start,user)
        event.module keyword
        event.dataset keyword
        event.id keyword!
        event.severity long
        event.reason keyword
        event.start date
        event.end date
        rule.id keyword!
        rule.name keyword
        rule.description keyword
        agent.type keyword
        agent.version keyword
        host.name keyword
        host.hostname keyword
        container.id keyword
        container.name keyword
        container.image.name keyword
        container.image.hash.all[] keyword
        orchestrator.type keyword
        orchestrator.namespace keyword
        orchestrator.cluster.name keyword
        orchestrator.cluster.id keyword
        orchestrator.resource.type keyword
        orchestrator.resource.name keyword
        orchestrator.resource.id keyword
        orchestrator.resource.parent.type keyword
        process.pid long
        process.name keyword
        process.command_line text
        process.args[] keyword
        process.args_count long
        process.executable keyword
        process.working_directory keyword
        process.start date
        process.hash.md5 keyword
        process.hash.sha1 keyword
        process.hash.sha256 keyword
        process.parent.pid long
        process.parent.name keyword
        process.parent.executable keyword
        process.parent.command_line text
        user.id keyword
        user.group.id keyword
        user.name keyword
        file.path keyword
        file.name keyword
        file.directory keyword
        file.size long
        file.hash.sha256 keyword
        destination.ip ip
        destination.address keyword
        destination.port long
        network.transport enum(tcp,udp,sctp,icmp)
        dns.question.name keyword
        dns.resolved_ip[] ip
        related.ip[] ip
        node_agent.unique_id keyword
        node_agent.workload_kind keyword
        node_agent.workload_name keyword
        node_agent.cgroup keyword
        node_agent.repeat_count long
        node_agent.user_groups[] keyword
        node_agent.request keyword
        node_agent.profile_name keyword
        node_agent.profile_status keyword
        node_agent.profile_completion keyword
        """);

    /// <summary>Fields of the class detection_finding, its base event and its objects in OCSF 1.4 (schema.ocsf.io/1.4.0), with what is required.</summary>
    private static readonly FieldTable Ocsf = new("""
        activity_id enum(0,1,2,3,99)!
        category_uid enum(2)!
        class_uid enum(2004)!
        type_uid enum(200400,200401,200402,200403,200499)!
        severity_id enum(0,1,2,3,4,5,6,99)!
        status_id enum(0,1,2,3,4,5,6,99)
        time ms!
        count long
        is_alert bool
        message text
        metadata.version keyword!
        metadata.uid keyword
        metadata.product.name keyword!
        metadata.product.vendor_name keyword
        metadata.product.version keyword
        metadata.profiles[] enum(cloud,container,datetime,host,incident,linux/linux_users,malware,osint,security_control)
        metadata.labels[] keyword
        finding_info.uid keyword!
        finding_info.title keyword
        finding_info.desc keyword
        finding_info.types[] keyword
        finding_info.created_time ms
        finding_info.first_seen_time ms
        finding_info.last_seen_time ms
        finding_info.analytic.uid keyword
        finding_info.analytic.name keyword
        finding_info.analytic.type_id enum(0,1,2,3,4,5,6,7,8,9,10,11,99)!
        evidences[].device.hostname keyword
        evidences[].device.name keyword
        evidences[].device.type_id enum(0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,99)!
        evidences[].actor.user.name keyword
        evidences[].actor.user.uid keyword
        evidences[].actor.user.groups[].name keyword
        evidences[].api.operation keyword
        evidences[].process.pid long
        evidences[].process.name keyword
        evidences[].process.cmd_line keyword
        evidences[].process.created_time ms
        evidences[].process.file.name keyword
        evidences[].process.file.path keyword
        evidences[].process.file.type_id enum(0,1,2,3,4,5,6,7,99)
        evidences[].process.file.hashes[].algorithm_id enum(0,1,2,3,4,5,6,7,99)
        evidences[].process.file.hashes[].value keyword
        evidences[].process.user.uid keyword
        evidences[].process.container.uid keyword
        evidences[].process.container.name keyword
        evidences[].process.container.image.name keyword
        evidences[].process.container.image.uid keyword
        evidences[].process.parent_process.pid long
        evidences[].process.parent_process.name keyword
        evidences[].process.parent_process.cmd_line keyword
        evidences[].process.parent_process.created_time ms
        evidences[].process.parent_process.file.name keyword
        evidences[].process.parent_process.file.path keyword
        evidences[].process.parent_process.file.type_id enum(0,1,2,3,4,5,6,7,99)
        evidences[].process.parent_process.user.uid keyword
        evidences[].file.name keyword
        evidences[].file.path keyword
        evidences[].file.type_id enum(0,1,2,3,4,5,6,7,99)
        evidences[].file.size long
        evidences[].file.hashes[].algorithm_id enum(0,1,2,3,4,5,6,7,99)
        evidences[].file.hashes[].value keyword
        evidences[].dst_endpoint.ip ip
        evidences[].dst_endpoint.port long
        evidences[].query.hostname keyword
        resources[].type keyword
        resources[].name keyword
        resources[].uid keyword
        resources[].namespace keyword
        resources[].labels[] keyword
        """);

    /// <summary>Keys of the CEF extension dictionary (ArcSight CEF implementation standard, revision 26) that may stand here, with their types.</summary>
    private static readonly Dictionary<string, string> Cef = ("rt time,externalId text40,msg text,cat text,cnt int,dvchost text,spid int,sproc text,suid text,filePath text,fname text,fileHash hash,fsize int,"
        + "dst ipv4,dpt int,proto text,suser text,destinationDnsDomain text,c6a3 ipv6,c6a3Label text,cs1 text,cs2 text,cs3 text,cs4 text,cs5 text,cs6 text,"
        + "cs1Label text,cs2Label text,cs3Label text,cs4Label text,cs5Label text,cs6Label text")
        .Split(',').Select(line => line.Split(' ')).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    [Fact]
    public void Ecs_FullAlert_IsInTheDefinition()
    {
        Assert.True(Ecs.Check(Write("ecs", full: true)).Count >= 50);
        Ecs.Check(Write("ecs", full: false));
    }

    [Fact]
    public void Ocsf_FullAlert_IsInTheDefinition()
    {
        Assert.True(Ocsf.Check(Write("ocsf", full: true)).Count >= 45);
        Ocsf.Check(Write("ocsf", full: false));
    }

    [Fact]
    public void Ocsf_RepeatedAlert_IsAnUpdateOfItsFinding()
    {
        using JsonDocument document = JsonDocument.Parse(Write("ocsf", full: true));
        Assert.Equal((2, 200402), (document.RootElement.GetProperty("activity_id").GetInt32(), document.RootElement.GetProperty("type_uid").GetInt32()));
    }

    [Fact]
    public void Cef_FullAlert_HasOnlyKeysOfTheDictionary()
    {
        CefLine line = CefLine.Parse(Write("cef", full: true));
        Assert.Equal(["CEF:0", "NodeAgent", "node-agent", "0.1.0", "R0001", "name text", "8"], line.Header);
        foreach ((string key, string value) in line.Extension)
        {
            Assert.True(Cef.TryGetValue(key, out string? type), $"{key} is not in the dictionary");
            Assert.True(Is(value, type!), $"{key} is no {type}: {value}");
        }

        foreach (string label in line.Extension.Keys.Where(key => key.EndsWith("Label", StringComparison.Ordinal)))
        {
            Assert.Contains(label[..^5], line.Extension.Keys);
        }
    }

    [Theory]
    [InlineData("ecs", "\"user\":{\"name\":\"jane text\",\"id\":\"uid text\"}")]
    [InlineData("ecs", "\"args\":[\"sh\",\"text\"]")]
    [InlineData("ecs", "\"user_groups\":[\"dev\",\"text\"]")]
    [InlineData("ocsf", "\"actor\":{\"user\":{\"name\":\"jane text\",\"uid\":\"uid text\",\"groups\":[{\"name\":\"dev\"},{\"name\":\"text\"}]}}")]
    [InlineData("ocsf", "\"api\":{\"operation\":\"CONNECT/pods/exec\"}")]
    [InlineData("ocsf", "\"cmd_line\":\"sh text\"")]
    [InlineData("cef", " suser=jane text")]
    [InlineData("cef", " cs5=sh text")]
    [InlineData("leef", "\tusrName=jane text")]
    [InlineData("json", "\"user\":\"jane text\"")]
    [InlineData("kubescape", "\"userInfo\":{\"Name\":\"jane text\",\"UID\":\"uid text\",\"Groups\":[\"dev\",\"text\"]}")]
    [InlineData("kubescape", "\"kind\":{\"Group\":\"\",\"Version\":\"v1\",\"Kind\":\"PodExecOptions\"},\"requestNamespace\":\"shop text\",\"objectName\":\"web text\"")]
    public void All_RequestToTheApiServer_SayWhoAskedForWhat(string format, string told)
    {
        string text = Write(format, Alerts.Admission());

        Assert.Contains(told, text, StringComparison.Ordinal);
        (format switch { "ecs" => Ecs, "ocsf" => Ocsf, _ => null })?.Check(text);
        Assert.DoesNotContain("\"pid\":0", format is "ecs" or "ocsf" ? text : string.Empty, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ecs", "/etc/text", "\"size\":7")]
    [InlineData("ocsf", "/etc/text", "\"size\":7")]
    [InlineData("cef", "/etc/text", " fsize=7 ")]
    [InlineData("leef", "/etc/text", "\tfileHash=")]
    [InlineData("ecs", "/another", null)]
    [InlineData("ocsf", "/another", null)]
    [InlineData("cef", "/another", null)]
    [InlineData("leef", "/another", null)]
    public void All_FileThatWasRead_HasItsHash_AndNoOtherFileHas(string format, string path, string? told)
    {
        const string digest = "0badc0de0badc0de0badc0de0badc0de0badc0de0badc0de0badc0de0badc0de";
        RuntimeAlerts full = Alerts.Full();
        RuntimeAlert alert = full.Spec.Alerts[0];
        alert = alert with { Arguments = alert.Arguments with { FileHash = new AlertFileHash(path, digest, 7) } };

        string text = Write(format, full with { Spec = full.Spec with { Alerts = [alert] } });

        Assert.Equal(told is not null, text.Contains(digest, StringComparison.Ordinal));
        Assert.Contains(told ?? string.Empty, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Ocsf_ExecutedFile_HasItsHashesByTheirAlgorithms()
    {
        using JsonDocument document = JsonDocument.Parse(Write("ocsf", full: true));
        JsonElement process = document.RootElement.GetProperty("evidences")[0].GetProperty("process").GetProperty("file");
        Assert.Equal(
            [(1, "d41d8cd98f00b204e9800998ecf8427e"), (2, "da39a3ee5e6b4b0d3255bfef95601890afd80709")],
            process.GetProperty("hashes").EnumerateArray().Select(hash => (hash.GetProperty("algorithm_id").GetInt32(), hash.GetProperty("value").GetString())));
    }

    [Fact]
    public void Leef_FullAlert_HasItsHeaderAndTypes()
    {
        LeefLine line = LeefLine.Parse(Write("leef", full: true));
        Assert.Equal(["LEEF:2.0", "NodeAgent", "node-agent", "0.1.0", "R0001"], line.Header);
        Assert.Equal("8", line.Attributes["sev"]);
        Assert.Equal("192.0.2.7", line.Attributes["dst"]);
        Assert.Equal("4444", line.Attributes["dstPort"]);
        Assert.Equal("2026-08-22T10:05:00.000Z", line.Attributes["devTime"]);
        Assert.Equal("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", line.Attributes["devTimeFormat"]);
        Assert.Equal(line.Attributes.Count, line.Attributes.Values.Count(value => value.Length > 0));
    }

    [Fact]
    public void All_Formats_NameTheirSchema()
    {
        Assert.All(AlertFormats.All, format => Assert.Matches("[0-9]", format.Schema));
        Assert.Contains("\"schema\":\"node-agent/alert/v1\"", Write("json", full: false), StringComparison.Ordinal);
        Assert.Contains("\"version\":\"8.11.0\"", Write("ecs", full: false), StringComparison.Ordinal);
        Assert.Contains("\"version\":\"1.4.0\"", Write("ocsf", full: false), StringComparison.Ordinal);
        Assert.Contains("\"apiVersion\":\"kubescape.io/v1\"", Write("kubescape", full: false), StringComparison.Ordinal);
    }

    private static bool Is(string value, string type) => type switch
    {
        "text" => value.Length > 0,
        "hash" => value.Length is > 0 and <= 255 && value.All(char.IsAsciiHexDigitLower),
        "text40" => value.Length is > 0 and <= 40,
        "int" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        "time" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long ms) && ms > 1_000_000_000_000,
        "ipv4" or "ipv6" => System.Net.IPAddress.TryParse(value, out System.Net.IPAddress? ip) && ip.AddressFamily == (type == "ipv4" ? System.Net.Sockets.AddressFamily.InterNetwork : System.Net.Sockets.AddressFamily.InterNetworkV6),
        _ => false,
    };

    private static string Write(string format, bool full) => Write(format, full ? Alerts.Full() : Alerts.One());

    private static string Write(string format, RuntimeAlerts alert)
    {
        var output = new ArrayBufferWriter<byte>();
        AlertFormats.Find(format)!.Write(alert, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
