// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Hosting;
using NodeAgent.HostScan.Reports;

namespace NodeAgent.Cli.Output;

/// <summary>A report about a host on standard output.</summary>
internal static class HostReportWriter
{
    public static void Write(CheckReport report, ReportFormat format, bool withDocuments)
    {
        switch (format)
        {
            case ReportFormat.Json:
                Console.Out.WriteLine(JsonReport.Of(report, withDocuments).ToJsonString(JsonText.Indented));
                break;
            case ReportFormat.Yaml:
                YamlText.Write(Console.Out, JsonReport.Of(report, withDocuments));
                break;
            case ReportFormat.Sarif:
                Console.Out.WriteLine(SarifReport.Of(report, ProductVersion.Text).ToJsonString(JsonText.Indented));
                break;
            case ReportFormat.Junit:
                JunitReport.Write(Console.Out, report);
                break;
            case ReportFormat.Html:
                HtmlReport.Write(Console.Out, report);
                break;
            default:
                HostReportTable.Print(report);
                break;
        }
    }
}
