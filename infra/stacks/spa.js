// A page of the client has no file of its own: whatever looks like no file is the client itself.
function handler(event) {
  var request = event.request;
  if (request.uri.substring(request.uri.lastIndexOf('/')).indexOf('.') === -1) {
    request.uri = '/index.html';
  }
  return request;
}
