// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using NodeAgent.Export.Metrics;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Metrics;

public sealed class PrometheusExpositionTests : IDisposable
{
    private readonly string _meterName = "TestAgent" + Guid.NewGuid().ToString("N");
    private readonly Meter _meter;
    private readonly PrometheusExposition _exposition;

    public PrometheusExpositionTests()
    {
        _meter = new Meter(_meterName + ".Part");
        _exposition = New(new MetricsOptions { MeterPrefix = _meterName, MaxSeriesPerMetric = 50, MaxSeries = 120 });
    }

    [Fact]
    public void Write_EveryKindOfInstrument_HasItsTypeAndValue()
    {
        _meter.CreateObservableCounter("a_total", () => 5L, null, "counts\nlines \\ too");
        _meter.CreateObservableGauge("b", () => 0.25);
        Counter<int> added = _meter.CreateCounter<int>("c.with.dots");
        added.Add(2);
        added.Add(3);
        UpDownCounter<long> level = _meter.CreateUpDownCounter<long>("d");
        level.Add(5);
        level.Add(-7);
        Gauge<double> gauge = _meter.CreateGauge<double>("e");
        gauge.Record(1);
        gauge.Record(double.NaN);
        ExpositionParser read = Read();
        Assert.Equal(("counter", "counts\\nlines \\\\ too"), read.Families["a_total"]);
        Assert.Equal("gauge", read.Families["b"].Type);
        Assert.Equal("counter", read.Families["c_with_dots_total"].Type);
        Assert.Equal((5, 0.25, 5, -2), (read.Samples["a_total"], read.Samples["b"], read.Samples["c_with_dots_total"], read.Samples["d"]));
        Assert.True(double.IsNaN(read.Samples["e"]));
        Assert.Equal(1, read.Samples["node_agent_build_info{revision=\"abc\",version=\"1.2.3\"}"]);
    }

    [Fact]
    public void Write_Histogram_IsCumulativeWithSumAndCount()
    {
        Histogram<double> seconds = _meter.CreateHistogram<double>("h_seconds");
        seconds.Record(0.0003, new KeyValuePair<string, object?>("le", "mine"));
        seconds.Record(0.02, new KeyValuePair<string, object?>("le", "mine"));
        seconds.Record(1000, new KeyValuePair<string, object?>("le", "mine"));
        ExpositionParser read = Read();
        Assert.Equal(0, read.Samples["h_seconds_bucket{exported_le=\"mine\",le=\"0.00025\"}"]);
        Assert.Equal(1, read.Samples["h_seconds_bucket{exported_le=\"mine\",le=\"0.0005\"}"]);
        Assert.Equal(2, read.Samples["h_seconds_bucket{exported_le=\"mine\",le=\"30\"}"]);
        Assert.Equal(3, read.Samples["h_seconds_bucket{exported_le=\"mine\",le=\"+Inf\"}"]);
        Assert.Equal(3, read.Samples["h_seconds_count{exported_le=\"mine\"}"]);
        Assert.Equal(1000.0203, read.Samples["h_seconds_sum{exported_le=\"mine\"}"], 6);
    }

    [Fact]
    public void Write_AdvisedBuckets_AreUsed()
    {
        Histogram<long> sizes = _meter.CreateHistogram(
            "sizes", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [10, 100] });
        sizes.Record(50);
        ExpositionParser read = Read();
        Assert.Equal((0, 1), (read.Samples["sizes_bucket{le=\"10\"}"], read.Samples["sizes_bucket{le=\"100\"}"]));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\"b\\c\nd", "a\\\"b\\\\c\\nd")]
    [InlineData("evil\"} 1\nfake_metric 666", "evil\\\"} 1\\nfake_metric 666")]
    [InlineData("", "")]
    [InlineData("ü␟🚀", "ü␟🚀")]
    public void Write_LabelValues_AreEscaped(string value, string expected)
    {
        _meter.CreateObservableGauge("g", () => new Measurement<int>(1, new KeyValuePair<string, object?>("pa-th", value)));
        Assert.Equal(1, Read().Samples[$"g{{pa_th=\"{expected}\"}}"]);
    }

    [Fact]
    public void Write_LoneSurrogateAndLabelClash_StaysValid()
    {
        _meter.CreateObservableGauge("g", () => new Measurement<int>(
            1, new("a.b", "first"), new("a-b", "second"), new("__name__", "\ud800"), new("1x", null)));
        Assert.Equal(1, Read().Samples["g{_1x=\"\",a_b=\"first\",x__name__=\"\ufffd\"}"]);
    }

    [Fact]
    public void Write_ObservableSeriesThatEnds_IsGoneAndGivesItsRoomBack()
    {
        int generation = 0;
        _meter.CreateObservableGauge("g", () => Enumerable.Range(0, 50).Select(
            n => new Measurement<int>(n, new KeyValuePair<string, object?>("id", $"{generation}-{n}"))));
        for (; generation < 10; generation++)
        {
            ExpositionParser read = Read();
            Assert.Equal(50, read.Samples.Count(s => s.Key.StartsWith($"g{{id=\"{generation}-", StringComparison.Ordinal)));
            Assert.DoesNotContain(read.Samples, s => s.Key.StartsWith($"g{{id=\"{generation - 1}-", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Write_TooManySeries_AreLeftOutAndCounted()
    {
        Counter<int> counter = _meter.CreateCounter<int>("many_total");
        for (int at = 0; at < 80; at++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", at));
        }

        ExpositionParser read = Read();
        Assert.Equal(50, read.Samples.Count(s => s.Key.StartsWith("many_total{", StringComparison.Ordinal)));
        Assert.Equal(30, read.Samples["node_agent_metrics_series_overflow_total"]);
    }

    [Fact]
    public void Write_FailingOrConflictingInstrument_IsCountedAndTheOthersShown()
    {
        _meter.CreateObservableGauge("bad", int () => throw new InvalidOperationException("no"));
        _meter.CreateObservableGauge("good", () => 1);
        _meter.CreateCounter<int>("same_total").Add(1);
        _meter.CreateObservableGauge("same_total", () => 9);
        _meter.CreateObservableGauge("process_threads", () => -1);
        ExpositionParser read = Read();
        Assert.Equal((1, 1), (read.Samples["good"], read.Samples["same_total"]));
        Assert.Equal(1, read.Samples["node_agent_metrics_callback_errors_total"]);
        Assert.Equal(2, read.Samples["node_agent_metrics_name_conflicts_total"]);
    }

    [Fact]
    public void Write_CountersOfTwoInstances_AddUp()
    {
        using var second = new Meter(_meterName + ".Part");
        _meter.CreateObservableCounter("x_total", () => 2L);
        second.CreateObservableCounter("x_total", () => 3L);
        Assert.Equal(5, Read().Samples["x_total"]);
        Assert.Equal(5, Read().Samples["x_total"]);
    }

    [Fact]
    public void Write_OtherMeters_AreNotShown()
    {
        using var other = new Meter("System.Something");
        other.CreateObservableGauge("foreign", () => 1);
        Assert.DoesNotContain("foreign", Read().Families.Keys);
    }

    [Fact]
    public void Write_ProcessMetrics_ArePlausible()
    {
        ExpositionParser read = Read();
        Assert.InRange(read.Samples["process_resident_memory_bytes"], 1 << 20, 1L << 40);
        Assert.InRange(read.Samples["process_threads"], 1, 10_000);
        Assert.InRange(read.Samples["process_open_fds"], 3, 100_000);
        Assert.True(read.Samples["process_cpu_seconds_total"] > 0);
        Assert.InRange(read.Samples["process_start_time_seconds"], 1.6e9, 1e10);
        Assert.True(read.Samples["dotnet_collection_count_total{generation=\"0\"}"] >= 0);
    }

    [Fact]
    public async Task Write_ToPromtool_IsAccepted()
    {
        _meter.CreateObservableCounter("node_agent_x_total", () => new Measurement<long>(5, new KeyValuePair<string, object?>("a", "\"\n\\")), null, "Help.");
        _meter.CreateHistogram<double>("node_agent_y_seconds", null, "Help.").Record(1);
        string program = await DebianProgram.UnpackedAsync("prometheus", "usr/bin/promtool");
        using Process promtool = Process.Start(new ProcessStartInfo(program, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        await promtool.StandardInput.WriteAsync(Encoding.UTF8.GetString(Text()));
        promtool.StandardInput.Close();
        string said = await promtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(promtool.ExitCode == 0, said);
    }

    public void Dispose()
    {
        _exposition.Dispose();
        _meter.Dispose();
    }

    private static PrometheusExposition New(MetricsOptions options) => new(options, new BuildInfo("1.2.3", "abc"));

    private byte[] Text()
    {
        var buffer = new ArrayBufferWriter<byte>();
        _exposition.Write(buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private ExpositionParser Read() => ExpositionParser.Parse(Text());
}
