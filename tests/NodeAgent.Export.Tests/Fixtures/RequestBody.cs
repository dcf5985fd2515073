// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.AspNetCore.Http;

namespace NodeAgent.Export.Tests.Fixtures;

internal static class RequestBody
{
    /// <summary>Puts a body that an interceptor has read back, for the server's own answer.</summary>
    public static void EnableBufferingOf(this HttpRequest request, string read, out string body)
    {
        body = read;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(read));
    }
}
