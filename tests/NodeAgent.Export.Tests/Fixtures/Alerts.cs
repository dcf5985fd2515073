// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks;

namespace NodeAgent.Export.Tests.Fixtures;

internal static class Alerts
{
    public static RuntimeAlerts One(string message = "an alert") => new()
    {
        Metadata = new AlertMetadata("web", "default"),
        Spec = new RuntimeAlertsSpec
        {
            Alerts =
            [
                new RuntimeAlert
                {
                    AlertName = "n",
                    Arguments = new AlertArguments { Message = message },
                    Timestamp = "2026-08-22T10:00:00Z",
                    UniqueId = "u",
                    RuleId = "R0001",
                    Message = message,
                },
            ],
        },
    };

    public static AlertMessage Message(string message = "an alert")
    {
        RuntimeAlerts alert = One(message);
        return new AlertMessage(alert, AlertJson.ToLine(alert));
    }

    public static string MessageOf(string line) =>
        AlertJson.Parse(System.Text.Encoding.UTF8.GetBytes(line)).Spec.Alerts[0].Message;
}
