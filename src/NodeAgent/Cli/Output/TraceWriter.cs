// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeAgent.Events.Text;
using NodeAgent.Pipeline;

namespace NodeAgent.Cli.Output;

/// <summary>Rows of the live view, one line each.</summary>
internal abstract class TraceWriter(TextWriter output)
{
    protected TextWriter Output { get; } = output;

    public static TraceWriter Create(OutputFormat format, TextWriter output) =>
        format == OutputFormat.Json ? new JsonLines(output) : new Columns(output);

    public abstract void Write(TraceRow row);

    public void Flush() => Output.Flush();

    private sealed class JsonLines(TextWriter output) : TraceWriter(output)
    {
        public override void Write(TraceRow row) => Output.WriteLine(JsonSerializer.Serialize(row, TraceJsonContext.Default.TraceRow));
    }

    /// <summary>Fixed columns: rows come one by one, so widths cannot follow the content.</summary>
    private sealed class Columns : TraceWriter
    {
        private const int WorkloadWidth = 24;
        private const int ContainerWidth = 32;
        private const int CommWidth = 15;

        public Columns(TextWriter output)
            : base(output) =>
            Output.WriteLine($"{"TIME",-12} {"KIND",-8} {"WORKLOAD",-WorkloadWidth} {"POD/CONTAINER",-ContainerWidth} {"PID",7} {"COMM",-CommWidth} DETAIL");

        public override void Write(TraceRow row)
        {
            string workload = Fit(TerminalText.Escape(row.Workload), WorkloadWidth);
            string container = Fit(TerminalText.Escape(row.Pod.Length == 0 ? row.Container : $"{row.Pod}/{row.Container}"), ContainerWidth);
            string comm = Fit(TerminalText.Escape(row.Comm), CommWidth);
            Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Time:HH:mm:ss.fff} {row.Kind,-8} {workload,-WorkloadWidth} {container,-ContainerWidth} {row.Pid,7} {comm,-CommWidth} {TerminalText.Escape(row.Detail)}"));
        }

        private static string Fit(string text, int width)
        {
            if (text.Length <= width)
            {
                return text;
            }

            // Half of a surrogate pair is no character.
            int end = char.IsHighSurrogate(text[width - 2]) ? width - 2 : width - 1;
            return text[..end] + "…";
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TraceRow))]
internal sealed partial class TraceJsonContext : JsonSerializerContext;
