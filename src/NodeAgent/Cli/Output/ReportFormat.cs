// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cli.Output;

/// <summary>The forms of a report about a host.</summary>
internal enum ReportFormat
{
    Table,
    Json,
    Yaml,
    Sarif,
    Junit,
    Html,
}
