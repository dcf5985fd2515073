// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Cli.Output;
using NodeAgent.Events.Text;
using NodeAgent.Pipeline;

namespace NodeAgent.Tests.Cli;

public sealed class TraceWriterTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 8, 5, 49, 814, TimeSpan.Zero);

    [Fact]
    public void Columns_Row_StandsBelowTheHeads()
    {
        string[] lines = Lines(OutputFormat.Table, Row("web", "nginx", "/usr/sbin/nginx [nginx]"));

        Assert.Equal("TIME         KIND     WORKLOAD                 POD/CONTAINER                        PID COMM            DETAIL", lines[0]);
        Assert.Equal("08:05:49.814 exec     Cgroup/web               web                                   42 nginx           /usr/sbin/nginx [nginx]", lines[1]);
    }

    [Fact]
    public void Columns_ContainerOfAPod_HasThePodAndTheWorkload()
    {
        string line = Lines(OutputFormat.Table, Row("nginx", "nginx", "x") with { Workload = "Deployment/web", Pod = "web-5d9c7-abcde" })[1];

        Assert.Equal("08:05:49.814 exec     Deployment/web           web-5d9c7-abcde/nginx                 42 nginx           x", line);
    }

    [Theory]
    [InlineData(33)]
    [InlineData(500)]
    public void Columns_LongContainer_IsCutWithAMark(int length)
    {
        string line = Lines(OutputFormat.Table, Row(new string('a', length), "c", "d"))[1];

        Assert.Contains(' ' + new string('a', 31) + "… ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_CutInsideACharacter_LeavesNoHalfOfIt()
    {
        string line = Lines(OutputFormat.Table, Row(new string('a', 30) + "😀😀", "c", "d"))[1];

        Assert.Equal(line, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line)));
        Assert.DoesNotContain('\ufffd', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line)));
    }

    [Fact]
    public void Columns_AnyBytes_ReachNoTerminalRaw() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll<byte[]>(bytes =>
    {
        string text = ByteText.Decode(bytes);
        using var output = new StringWriter { NewLine = "\n" };
        TraceWriter writer = TraceWriter.Create(OutputFormat.Table, output);
        writer.Write(Row(text, text, text));
        string[] lines = output.ToString().Split('\n');
        return lines.Length == 3 && lines[2].Length == 0 && !lines[1].Any(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202e');
    }));

    [Fact]
    public void JsonLines_AnyBytes_AreOneLineFromWhichTheyComeBack() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll<byte[]>(bytes =>
    {
        string text = ByteText.Decode(bytes);
        string[] lines = Lines(OutputFormat.Json, Row(text, text, text));
        return lines.Length == 1
            && lines[0].All(c => c is >= ' ' and <= '~')
            && bytes.AsSpan().SequenceEqual(ByteText.Encode(JsonNode.Parse(lines[0])!["detail"]!.GetValue<string>()));
    }));

    [Fact]
    public void JsonLines_Row_HasEveryField()
    {
        JsonElement row = JsonDocument.Parse(Lines(OutputFormat.Json, Row("web", "nginx", "x"))[0]).RootElement;

        Assert.Equal(
            ["time", "kind", "namespace", "workload", "container", "pid", "parentPid", "uid", "comm", "detail", "pod", "podUid", "containerId", "image"],
            row.EnumerateObject().Select(p => p.Name));
        Assert.Equal(42, row.GetProperty("pid").GetInt32());
        Assert.Equal(Time, row.GetProperty("time").GetDateTimeOffset());
    }

    private static TraceRow Row(string container, string comm, string detail) =>
        new(Time, "exec", "default", "Cgroup/web", container, 42, 1, 0, comm, detail);

    private static string[] Lines(OutputFormat format, TraceRow row)
    {
        using var output = new StringWriter { NewLine = "\n" };
        TraceWriter writer = TraceWriter.Create(format, output);
        writer.Write(row);
        writer.Flush();
        return output.ToString().TrimEnd('\n').Split('\n');
    }
}
