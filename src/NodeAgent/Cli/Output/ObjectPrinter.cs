// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Cli.Output;

/// <summary>Prints objects of the API as kubectl does.</summary>
internal static class ObjectPrinter
{
    public static void Print(JsonNode item, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            Console.Out.WriteLine(item.ToJsonString(JsonText.Indented));
        }
        else
        {
            YamlText.Write(Console.Out, item);
        }
    }

    public static void PrintList(IEnumerable<JsonNode> items, OutputFormat format, Action printTable)
    {
        if (format == OutputFormat.Table)
        {
            printTable();
            return;
        }

        Print(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. items]) }, format);
    }
}
