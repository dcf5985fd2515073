// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using NodeAgent.Cli.Output;
using NodeAgent.Events.Text;
using NodeAgent.Hosting;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Evaluation;
using NodeAgent.HostScan.Checks.Exceptions;
using NodeAgent.HostScan.Checks.Loading;
using NodeAgent.HostScan.Reports;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors;
using NodeAgent.HostScan.Sensors.Kubernetes;

namespace NodeAgent.Cli;

/// <summary><c>node-agent host scan</c>: one scan of a host, judged by checks, as a report.</summary>
internal static class HostScanCommand
{
    private static readonly TimeSpan SensorTime = TimeSpan.FromSeconds(30);

    private static readonly Option<string> Root = new("--root") { Description = "Where the root of the host is mounted", HelpName = "DIR", DefaultValueFactory = _ => "/" };
    private static readonly Option<string> Checks = new("--checks") { Description = "Folder of own checks, beside those that come with the agent", HelpName = "DIR", DefaultValueFactory = _ => string.Empty };
    private static readonly Option<string> Exceptions = new("--exceptions") { Description = "File or folder of exceptions: checks that may fail until a day", HelpName = "FILE", DefaultValueFactory = _ => string.Empty };
    private static readonly Option<string[]> NodeLabels = new("--node-label") { Description = "A label of the node, for exceptions that ask for one", HelpName = "KEY=VALUE", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Only = new("--only") { Description = "Only these checks or sets of them", HelpName = "SET|ID", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<ReportFormat> Format = OutputOption.Create(Enum.GetValues<ReportFormat>());
    private static readonly Option<bool> Documents = new("--documents") { Description = "With json or yaml: also what the sensors told" };
    private static readonly Option<bool> CloudMetadata = new("--cloud-metadata") { Description = "Ask the metadata services of the large clouds (169.254.169.254), to see what they give to whoever asks" };
    private static readonly Option<CheckSeverity?> FailOn = new("--fail-on")
    {
        Description = "Exit with 1 when a check of this severity or a worse one fails: critical, high, medium, low",
        HelpName = "SEVERITY",
        CustomParser = result =>
        {
            if (CheckSeverities.TryParse(result.Tokens.Count == 1 ? result.Tokens[0].Value : null, out CheckSeverity severity))
            {
                return severity;
            }

            result.AddError("--fail-on must be one of critical, high, medium, low");
            return null;
        },
    };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "scan",
            "Scan a host and judge it by checks; needs no rights, though with root's more can be read. Exit code 1 if --fail-on says so, or a file of checks or exceptions is wrong. "
            + CheckReport.ScoreText,
            "node-agent host scan",
            "node-agent host scan --root /host --fail-on high -o sarif > scan.sarif",
            "node-agent host scan --checks my-checks/ --exceptions exceptions.yaml --only kernel-hardening")
        {
            Root, Checks, Exceptions, NodeLabels, Only, Format, FailOn, CloudMetadata, Documents,
        };
        command.SetAction((arguments, stop) => Task.Run(() => Run(arguments, stop), stop));
        return command;
    }

    /// <summary>Says what is wrong with files.</summary>
    /// <returns>Whether something is.</returns>
    internal static bool Say(IReadOnlyList<CheckIssue> issues)
    {
        foreach (CheckIssue issue in issues)
        {
            Console.Error.WriteLine("error: " + TerminalText.Escape(issue.ToString()));
        }

        return issues.Count > 0;
    }

    private static int Run(ParseResult arguments, CancellationToken stop)
    {
        ReportFormat format = arguments.GetValue(Format);
        if (arguments.GetValue(Documents) && format is not (ReportFormat.Json or ReportFormat.Yaml))
        {
            throw new CommandException("--documents needs -o json or -o yaml");
        }

        CheckEngine engine = CheckEngine.Compile(CheckLibrary.Read(arguments.GetValue(Checks)!));
        CheckExceptions exceptions = CheckExceptions.Read(arguments.GetValue(Exceptions)!);
        string[] only = arguments.GetValue(Only) ?? [];
        if (only.FirstOrDefault(wanted => !engine.Checks.Any(check => IsOf(check, wanted))) is { } unknown)
        {
            Say(engine.Issues);
            throw new CommandException($"--only {unknown}: there is no such check and no such set; 'node-agent host checks' lists them");
        }

        using HostRoot root = HostRoot.Open(arguments.GetValue(Root)!);
        using HttpMetadataServices? metadata = arguments.GetValue(CloudMetadata) ? new HttpMetadataServices(HttpMetadataServices.DefaultEndpoint) : null;
        HostScanResult scan = new HostScanner(HostSensors.Create(metadata), TimeProvider.System, SensorTime).Scan(root, NodeNames.Of(root), stop) with { NodeLabels = LabelsOf(arguments) };
        CheckReport report = CheckReport.Of(scan, engine, exceptions, only.Length == 0 ? null : check => only.Any(wanted => IsOf(check, wanted)), DateTimeOffset.UtcNow, stop);
        HostReportWriter.Write(report, format, arguments.GetValue(Documents));
        bool isWrong = Say(report.Issues);
        return isWrong || (arguments.GetValue(FailOn) is { } least && report.Results.Any(result => result.Outcome == CheckOutcome.Fail && result.Check.Severity >= least)) ? 1 : 0;
    }

    private static Dictionary<string, string>? LabelsOf(ParseResult arguments)
    {
        if (arguments.GetValue(NodeLabels) is not { Length: > 0 } texts)
        {
            return null;
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            labels[equals > 0 ? text[..equals] : throw new CommandException($"--node-label {text}: must be KEY=VALUE")] = text[(equals + 1)..];
        }

        return labels;
    }

    private static bool IsOf(CheckDefinition check, string wanted) => check.Id == wanted || check.Set.Id == wanted;
}
